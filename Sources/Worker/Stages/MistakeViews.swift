import Compression
import Datasets
import Distillation
import Foundation
import Networks
import Reporting

extension JobPipeline {
    private static let shownMistakes = 24
    private static let jpegQuality = 80

    /// The wrong answers that the student was surest of, as pictures, with what student and teacher looked at.
    func worst(
        _ own: Evaluation, teacherAnswers: Evaluation, teacher: TaughtTeacher, student: TrainedNetwork,
        images: LabeledImages, dataset: Dataset, data: TrainingData
    ) -> [Mistake] {
        let wrong = own.answers.indices.filter { !own.answers[$0].isRight }
        let sorted = wrong.sorted { own.answers[$0].confidence > own.answers[$1].confidence }
        let chosen = Array(sorted.prefix(Self.shownMistakes))
        guard !chosen.isEmpty else { return [] }
        let pictures = chosen.map { bitmap(images, $0, dataset) }
        let set = ImageSet(labels: chosen.map { images.labels[$0] }, pixels: pictures.flatMap(\.pixels))
        let samples = FormJudge.samples(set, data: data, pool: pool)
        let studentView = Gaze(
            graph: student.graph, parameters: student.parameters, images: samples,
            answers: chosen.map { Int(own.answers[$0].predicted) }, pool: pool)
        let teacherView = gaze(
            of: teacher.teacher, samples, answers: chosen.map { Int(teacherAnswers.answers[$0].predicted) }, data)
        return chosen.indices.map { place in
            let i = chosen[place]
            func view(_ gaze: Gaze?) -> String? {
                guard let map = gaze?.maps[place] else { return nil }
                let picture = ImageCodec.encodeJPEG(map.over(pictures[place]), quality: Self.jpegQuality)
                return Mistake.dataURI(picture, type: "image/jpeg")
            }
            var mistake = Mistake(
                path: images.paths[i], label: Int(own.answers[i].label), predicted: Int(own.answers[i].predicted),
                probability: Double(own.answers[i].confidence),
                teacherPredicted: Int(teacherAnswers.answers[i].predicted),
                image: Mistake.dataURI(ImageCodec.encodePNG(pictures[place])))
            mistake.studentView = view(studentView)
            mistake.teacherView = view(teacherView)
            return mistake
        }
    }

    private func gaze(of teacher: Teacher, _ samples: SampleImages, answers: [Int], _ data: TrainingData) -> Gaze? {
        switch teacher.network {
        case .imported(let model): return Gaze(teacher: teacher, model: model, images: samples, data: data, pool: pool)
        case .trained(let network):
            let graph = network.graph
            // Trained here: it sees what the student sees.
            guard graph.input == Graph.Shape(height: data.height, width: data.width, channels: data.channels),
                teacher.classMap == nil
            else { return nil }
            return Gaze(
                graph: graph, parameters: network.parameters, images: samples, answers: answers, pool: pool)
        }
    }
}
