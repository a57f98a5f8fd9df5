/// What is done to an image before a teacher from a file sees it.
public enum TeacherInput: Sendable, Equatable {
    /// By a word of `names`.
    case named(String)
    case stated(Normalization)

    /// For each channel: input = (v - mean) / std, with v of 0...range.
    public struct Normalization: Codable, Sendable, Equatable {
        /// One value, or red, green and blue.
        public var mean, std: [Double]
        public var channels: Order
        /// What white is before mean and std: 1 or 255.
        public var range: Int
        /// Width and height of its images; `nil`: as the file says, else the student's.
        public var size: Int?

        public init(mean: [Double], std: [Double], channels: Order = .rgb, range: Int = 1, size: Int? = nil) {
            self.mean = mean
            self.std = std
            self.channels = channels
            self.range = range
            self.size = size
        }
    }

    /// Of its channels.
    public enum Order: String, Codable, Sendable, CaseIterable { case rgb, bgr }

    /// What teachers are usually trained with; each also with blue first, `-bgr`.
    public static let names: [String] = {
        let plain = ["unit", "bytes", "symmetric", "imagenet", "cifar10", "cifar100", "caffe"]
        return plain + plain.map { $0 + "-bgr" }
    }()
}

extension TeacherInput: Codable {
    /// A word, or a mapping.
    public init(from decoder: any Decoder) throws {
        if let name = try? decoder.singleValueContainer().decode(String.self) {
            self = .named(name)
        } else {
            self = .stated(try Normalization(from: decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .named(let name):
            var container = encoder.singleValueContainer()
            try container.encode(name)
        case .stated(let normalization): try normalization.encode(to: encoder)
        }
    }
}
