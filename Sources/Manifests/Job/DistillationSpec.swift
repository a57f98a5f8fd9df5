/// How a student learns from its teachers:
/// loss = (1 - alpha) CE(labels) + alpha soft(teacher, student), soft being T^2 KL (Hinton et al. 2015) or what
/// `method` names. `Etc/docs/methods.md` has the formula and source of each.
public struct DistillationSpec: Codable, Sendable, Equatable {
    /// What compares the student's logits with the teacher's.
    public enum Method: String, Codable, Sendable, CaseIterable {
        /// Hinton et al. 2015.
        case kd
        /// Decoupled: Zhao et al. 2022.
        case dkd
        /// Relations: Huang et al. 2022.
        case dist
    }

    /// How alpha and the temperature move from their first to their last value.
    public enum Anneal: String, Codable, Sendable, CaseIterable { case constant, linear, cosine }

    /// How several teachers become one.
    public enum Combination: String, Codable, Sendable, CaseIterable {
        /// By their weights alone.
        case mean
        /// By their weights and their recall of the image's class on the evaluation split.
        case classes
        /// By how well each knows the image's label: Zhang et al. 2022.
        case confidence
        /// By how sure each is.
        case entropy
    }

    /// What is done about an image whose class a teacher does not see.
    public enum Revision: String, Codable, Sendable, CaseIterable {
        case none
        /// The teacher's highest logit and the label's change places: Wen et al. 2021.
        case swap
        /// The surer the teacher is of the wrong class, the less it counts.
        case discount
    }

    /// What is done about a teacher that is below the student's own level, or no better than a guess.
    public enum WeakTeacher: String, Codable, Sendable, CaseIterable { case warn, drop, refuse }

    public var method: Method
    /// Whether the manifest leaves `method` to distilld.
    public var isAuto: Bool
    /// T, in 1...100 (softens both distributions).
    public var temperature: Double
    /// Weight of the soft term, 0...1.
    public var alpha: Double
    /// Compare z-scores of the logits (Sun et al. 2024).
    public var standardize: Bool
    /// Of `dkd`: weight of the target's probability, alpha in the paper.
    public var targetWeight: Double
    /// Of `dkd`: weight of the others among themselves, beta in the paper.
    public var otherWeight: Double
    /// Of `dist`: weight of the relations within an image, beta in the paper.
    public var interWeight: Double
    /// Of `dist`: weight of the relations within a class, gamma in the paper.
    public var intraWeight: Double
    public var anneal: Anneal
    /// Alpha in the last step; `nil`: it stays.
    public var alphaEnd: Double?
    /// Temperature in the last step; `nil`: it stays.
    public var temperatureEnd: Double?
    /// Share of the steps after which the soft term is off; `nil`: never.
    public var stopAfter: Double?
    /// Learn the temperature against the student (Li et al. 2023).
    public var curriculum: Bool
    public var combine: Combination
    public var revise: Revision
    /// Weigh images by how far the student is from the teacher.
    public var weightByGap: Bool
    /// Turn the soft term off for epochs after one in which it pulled against the labels.
    public var gate: Bool
    public var weakTeacher: WeakTeacher
    /// How many different views (random changes) of each image the student sees; the teachers are asked about each once.
    /// 0: a new one in every epoch.
    public var views: Int
    /// Losses on activations; `nil`: none.
    public var features: [FeatureSpec]?
    /// Students that learn from each other, without a teacher (Zhang et al. 2018); 0: there is a teacher.
    public var peers: Int
    /// Epochs of the short distillations by which one of several teachers is chosen; 0: all teach.
    public var audition: Int

    public init(
        method: Method? = nil, temperature: Double = standardTemperature, alpha: Double? = nil,
        standardize: Bool = false,
        targetWeight: Double = 1, otherWeight: Double = 8, interWeight: Double = 1, intraWeight: Double = 1,
        anneal: Anneal = .constant, alphaEnd: Double? = nil, temperatureEnd: Double? = nil, stopAfter: Double? = nil,
        curriculum: Bool = false, combine: Combination = .mean, revise: Revision = .none, weightByGap: Bool = false,
        gate: Bool = false, weakTeacher: WeakTeacher = .drop, views: Int = 0, features: [FeatureSpec]? = nil,
        peers: Int = 0, audition: Int = 0
    ) {
        self.method = method ?? .kd
        isAuto = method == nil
        self.temperature = temperature
        self.alpha = alpha ?? Self.standardAlpha(for: self.method)
        self.standardize = standardize
        self.targetWeight = targetWeight
        self.otherWeight = otherWeight
        self.interWeight = interWeight
        self.intraWeight = intraWeight
        self.anneal = anneal
        self.alphaEnd = alphaEnd
        self.temperatureEnd = temperatureEnd
        self.stopAfter = stopAfter
        self.curriculum = curriculum
        self.combine = combine
        self.revise = revise
        self.weightByGap = weightByGap
        self.gate = gate
        self.weakTeacher = weakTeacher
        self.views = views
        self.features = features
        self.peers = peers
        self.audition = audition
        resolveAuto(alpha: alpha, teachers: 1)
    }
}

extension DistillationSpec {
    /// Makes of `auto` what it is before any tuning: `dist`, which did better than `kd` on all data that they were
    /// compared on, for one teacher whose word is taken as it is; `kd` where anything is done to that word.
    ///
    /// - Parameters:
    ///   - alpha: `nil`: it is left open, and becomes the method's own.
    ///   - teachers: how many teach.
    mutating func resolveAuto(alpha: Double?, teachers: Int) {
        if isAuto {
            let standard = Self.standardAlpha(for: .dist)
            let isPlain =
                temperature == Self.standardTemperature && (alpha ?? standard) == standard && anneal == .constant
                && !curriculum
                && !standardize && combine == .mean && revise == .none && !weightByGap && !gate
            method = isPlain && teachers == 1 ? .dist : .kd
        }
        self.alpha = alpha ?? Self.standardAlpha(for: method)
    }

    public static let standardTemperature = 4.0

    public static func standardAlpha(for method: Method) -> Double { method == .dist ? 0.5 : 0.9 }

    /// As it is for data of so many classes: of two, an image's logits have no relations but which is larger.
    public func suited(classes: Int) -> DistillationSpec {
        guard isAuto, method == .dist, classes < 3 else { return self }
        var spec = self
        spec.method = .kd
        spec.alpha = Self.standardAlpha(for: .kd)
        return spec
    }

    /// Keys that an earlier distilld did not write have their defaults.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys, or standard: Value) throws -> Value {
            try values.decodeIfPresent(Value.self, forKey: key) ?? standard
        }
        let standard = DistillationSpec()
        self.init(
            method: try value(.method, or: .kd),
            temperature: try values.decode(Double.self, forKey: .temperature),
            alpha: try values.decode(Double.self, forKey: .alpha),
            standardize: try value(.standardize, or: standard.standardize),
            targetWeight: try value(.targetWeight, or: standard.targetWeight),
            otherWeight: try value(.otherWeight, or: standard.otherWeight),
            interWeight: try value(.interWeight, or: standard.interWeight),
            intraWeight: try value(.intraWeight, or: standard.intraWeight),
            anneal: try value(.anneal, or: standard.anneal),
            alphaEnd: try values.decodeIfPresent(Double.self, forKey: .alphaEnd),
            temperatureEnd: try values.decodeIfPresent(Double.self, forKey: .temperatureEnd),
            stopAfter: try values.decodeIfPresent(Double.self, forKey: .stopAfter),
            curriculum: try value(.curriculum, or: standard.curriculum),
            combine: try value(.combine, or: standard.combine), revise: try value(.revise, or: standard.revise),
            weightByGap: try value(.weightByGap, or: standard.weightByGap),
            gate: try value(.gate, or: standard.gate), weakTeacher: try value(.weakTeacher, or: standard.weakTeacher),
            views: try value(.views, or: standard.views),
            features: try values.decodeIfPresent([FeatureSpec].self, forKey: .features),
            peers: try value(.peers, or: standard.peers), audition: try value(.audition, or: standard.audition))
        isAuto = try value(.isAuto, or: false)
    }

    /// As a manifest says it; `nil`: `auto`.
    public var chosenMethod: Method? {
        get { isAuto ? nil : method }
        set {
            isAuto = newValue == nil
            method = newValue ?? .kd
        }
    }
}
