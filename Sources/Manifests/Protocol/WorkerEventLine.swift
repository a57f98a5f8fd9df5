import Foundation

/// A `WorkerEvent` with its time, as one line of JSON: the form a worker's standard output has.
///
/// The object is flat: `event` names the case, `time` is seconds since 1970, and the values of the case stand beside
/// them under the names of their Swift properties:
///
///     {"event":"started","jobID":"cifar-tiny-20261124-105312","resumed":false,"time":1732445646.25}
///     {"event":"stage","stage":"teacher","time":…,"total":7000}
///     {"done":350,"event":"progress","stage":"teacher","time":…,"total":7000}
///     {"epoch":1,"epochs":20,"event":"epoch","stage":"teacher","trainLoss":1.5,…,"time":…}
///     {"accuracy":0.61,"done":5,"epochs":2,"event":"trial","rung":1,"trial":5,"total":32,"time":…}
///     {"event":"notice","message":"3 images are left out.","time":…}
///     {"event":"finished","studentAccuracy":0.71,…,"time":…}
///     {"code":"training.diverged","event":"failed","fix":…,"what":…,"time":…}
///     {"event":"suspended","time":…}
///
/// Keys are sorted. Numbers that JSON lacks are the texts `"Infinity"`, `"-Infinity"` and `"NaN"`. A reader ignores
/// keys it does not know.
public struct WorkerEventLine: Sendable, Equatable {
    public var event: WorkerEvent
    /// Seconds since 1970.
    public var time: Double

    public init(_ event: WorkerEvent, time: Double = Date().timeIntervalSince1970) {
        self.event = event
        self.time = time
    }

    /// Reads a line, with or without its newline.
    /// - Throws: a `DecodingError` where it is no JSON object of a known event.
    public init(line: some Sequence<UInt8>) throws {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        self = try decoder.decode(WorkerEventLine.self, from: Data(line))
    }

    /// The line's bytes in UTF-8, with the newline, to be written by one write(2).
    public func bytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return try Array(encoder.encode(self)) + [UInt8(ascii: "\n")]
    }
}

extension WorkerEventLine: Codable {
    private enum Name: String, Codable {
        case started, stage, progress, epoch, trial, notice, finished, failed, suspended
    }

    private enum Key: String, CodingKey {
        case event, time, jobID, resumed, stage, total, done, message
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        time = try values.decode(Double.self, forKey: .time)
        switch try values.decode(Name.self, forKey: .event) {
        case .started:
            event = .started(
                jobID: try values.decode(String.self, forKey: .jobID),
                resumed: try values.decode(Bool.self, forKey: .resumed))
        case .stage:
            event = .stage(
                try values.decode(Stage.self, forKey: .stage), total: try values.decode(Int.self, forKey: .total))
        case .progress:
            event = .progress(
                try values.decode(Stage.self, forKey: .stage), done: try values.decode(Int.self, forKey: .done),
                total: try values.decode(Int.self, forKey: .total))
        case .epoch: event = .epoch(try EpochRecord(from: decoder))
        case .trial:
            event = .trial(
                try TrialResult(from: decoder), done: try values.decode(Int.self, forKey: .done),
                total: try values.decode(Int.self, forKey: .total))
        case .notice: event = .notice(try values.decode(String.self, forKey: .message))
        case .finished: event = .finished(try Headline(from: decoder))
        case .failed: event = .failed(try JobFailure(from: decoder))
        case .suspended: event = .suspended
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(time, forKey: .time)
        switch event {
        case .started(let jobID, let resumed):
            try values.encode(Name.started, forKey: .event)
            try values.encode(jobID, forKey: .jobID)
            try values.encode(resumed, forKey: .resumed)
        case .stage(let stage, let total):
            try values.encode(Name.stage, forKey: .event)
            try values.encode(stage, forKey: .stage)
            try values.encode(total, forKey: .total)
        case .progress(let stage, let done, let total):
            try values.encode(Name.progress, forKey: .event)
            try values.encode(stage, forKey: .stage)
            try values.encode(done, forKey: .done)
            try values.encode(total, forKey: .total)
        case .epoch(let record):
            try values.encode(Name.epoch, forKey: .event)
            try record.encode(to: encoder)
        case .trial(let result, let done, let total):
            try values.encode(Name.trial, forKey: .event)
            try values.encode(done, forKey: .done)
            try values.encode(total, forKey: .total)
            try result.encode(to: encoder)
        case .notice(let message):
            try values.encode(Name.notice, forKey: .event)
            try values.encode(message, forKey: .message)
        case .finished(let headline):
            try values.encode(Name.finished, forKey: .event)
            try headline.encode(to: encoder)
        case .failed(let failure):
            try values.encode(Name.failed, forKey: .event)
            try failure.encode(to: encoder)
        case .suspended:
            try values.encode(Name.suspended, forKey: .event)
        }
    }
}
