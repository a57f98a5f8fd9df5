import Foundation
import Manifests
import Reporting
import Testing

struct MetricsCSVTests {
    private func rows(_ text: String) throws -> [[String]] {
        #expect(text.hasSuffix("\r\n"))
        let lines = text.components(separatedBy: "\r\n").dropLast()
        #expect(lines.allSatisfy { !$0.contains("\n") && !$0.contains("\r") && !$0.contains("\"") })
        return lines.map { $0.components(separatedBy: ",") }
    }

    @Test func headerAloneWithoutEpochs() {
        #expect(
            MetricsCSV.text([])
                == "stage,epoch,epochs,learningRate,trainLoss,trainAccuracy,evaluationLoss,evaluationAccuracy,"
                + "imagesPerSecond,seconds,teacher,alpha,temperature,hardLoss,softLoss,gradientCosine,trust,teacherErrors,"
                + "featureLoss\r\n")
    }

    @Test func columnsAreTheKeysOfTheJSON() throws {
        var epoch = try #require(SampleReport().make().epochs.first)
        epoch.teacher = 2
        epoch.teaching = Self.teaching
        let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(epoch)) as? [String: Any]
        #expect(Set(MetricsCSV.columns + ["teaching"]) == Set(try #require(object).keys))
        let teaching = try #require(object?["teaching"] as? [String: Any])
        #expect(Set(MetricsCSV.teachingColumns) == Set(teaching.keys))
    }

    private static let teaching = TeachingRecord(
        alpha: 0.5, temperature: 4, hardLoss: 1.5, softLoss: 0.25, gradientCosine: -0.125, trust: 0.75,
        teacherErrors: 0.0625, featureLoss: 2.5)

    @Test func teachingStandsBesideTheEpoch() throws {
        var epoch = try #require(SampleReport().make().epochs.first { $0.stage == .student })
        epoch.teaching = Self.teaching
        let columns = MetricsCSV.columns.count
        let row = try rows(MetricsCSV.text([epoch]))[1]
        #expect(Array(row[columns...]) == ["0.5", "4.0", "1.5", "0.25", "-0.125", "0.75", "0.0625", "2.5"])
        epoch.teaching = nil
        #expect(try rows(MetricsCSV.text([epoch]))[1][columns...].allSatisfy { $0.isEmpty })
    }

    @Test func valuesReadBackTheSame() throws {
        var epochs = SampleReport().make().epochs
        epochs[0].trainLoss = 0.1 + 0.2
        epochs[1].trainLoss = .leastNonzeroMagnitude
        epochs[2].trainLoss = .greatestFiniteMagnitude
        epochs[3].trainLoss = .nan
        epochs[4].trainLoss = .infinity
        epochs[5].trainLoss = -.infinity
        let rows = try rows(MetricsCSV.text(epochs)).dropFirst()
        #expect(rows.count == epochs.count)
        for (row, epoch) in zip(rows, epochs) {
            try #require(row.count == MetricsCSV.columns.count + MetricsCSV.teachingColumns.count)
            #expect(row[10] == (epoch.stage == .teacher ? "1" : ""))
            let numbers = try row[3..<10].map { try #require(Double($0)) }
            let read = EpochRecord(
                stage: try #require(Stage(rawValue: row[0])), epoch: try #require(Int(row[1])),
                epochs: try #require(Int(row[2])), learningRate: numbers[0], trainLoss: numbers[1],
                trainAccuracy: numbers[2], evaluationLoss: numbers[3], evaluationAccuracy: numbers[4],
                imagesPerSecond: numbers[5], seconds: numbers[6])
            if epoch.trainLoss.isNaN { #expect(read.trainLoss.isNaN) } else { #expect(read == epoch) }
        }
        #expect(rows.dropFirst(3).prefix(3).map { $0[4] } == ["NaN", "Infinity", "-Infinity"])
    }
}
