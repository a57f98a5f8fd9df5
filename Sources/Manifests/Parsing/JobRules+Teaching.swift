/// Who teaches: what no single key can tell.
extension JobRules {
    /// `teacher: student` becomes the student's model, width and epochs; among peers the teacher is one of them.
    static func resolveTeacher(of spec: inout JobSpec, written: Set<String>) {
        if spec.distillation.peers > 0 { spec.teacher = spec.student }
        guard spec.teacher.model == NetworkSpec.ownKind else { return }
        spec.teacher.model = spec.student.model
        if !written.contains("teacher.width") { spec.teacher.width = spec.student.width }
        if !written.contains("teacher.epochs") { spec.teacher.epochs = spec.student.epochs }
    }

    static func checkPeers(_ spec: JobSpec, into reader: inout FieldReader<JobSpec>) {
        guard reader.isSound("distillation.peers", "distillation.audition", "teacher", "teachers", "assistants") else {
            return
        }
        let distillation = spec.distillation
        if distillation.audition > 0, spec.allTeachers.count == 1 {
            reader.refuse(
                "distillation.audition", found: "an audition of one teacher",
                allowed: "0, or a list of `teachers` to choose among")
        }
        if distillation.audition > 0, spec.split.evaluation == 0, reader.isSound("split.evaluation") {
            reader.refuse(
                "split.evaluation", "distillation.audition",
                found: "an audition with evaluation 0, so nothing tells whose student is better",
                allowed: "an evaluation share above 0, or audition 0")
        }
        guard distillation.peers > 0 else { return }
        if distillation.peers == 1 {
            reader.refuse(
                "distillation.peers", found: "1 student that teaches itself",
                allowed: "2 to 8 students, or 0; a teacher of the student's own kind is `teacher: student`")
        }
        let teacher =
            spec.teachers != nil
            ? "teachers" : ["teacher", "teacher.model", "teacher.file"].first { reader.written.contains($0) }
        if teacher != nil || spec.assistants != nil {
            reader.refuse(
                "distillation.peers", teacher ?? "assistants",
                found: "students that teach each other beside \(teacher == nil ? "assistants" : "a teacher")",
                allowed: "peers 0, or no teacher and no assistants")
        }
        if distillation.features != nil, reader.isSound("distillation.features") {
            reader.refuse(
                "distillation.peers", "distillation.features",
                found: "losses on activations among students that teach each other by what they answer",
                allowed: "peers 0, or features none")
        }
    }

    static func checkAssistants(_ spec: JobSpec, into reader: inout FieldReader<JobSpec>) {
        guard let assistants = spec.assistants, reader.isSound("assistants", "distillation.features") else { return }
        if let features = spec.distillation.features, features.contains(where: { $0.teacher != nil }) {
            reader.refuse(
                "assistants", "distillation.features",
                found:
                    "nodes of a teacher by their names, with \(assistants.count == 1 ? "an assistant" : "assistants") "
                    + "who may not have them",
                allowed: "features without names, or no assistants")
        }
    }
}
