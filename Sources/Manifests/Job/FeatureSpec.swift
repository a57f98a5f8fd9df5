/// A loss on activations, beside the one on logits: weight times its value is added to the loss.
public struct FeatureSpec: Codable, Sendable, Equatable {
    public enum Method: String, Codable, Sendable, CaseIterable {
        /// Attention transfer: Zagoruyko and Komodakis 2017.
        case at
        /// Hints through a learned 1x1 convolution: Romero et al. 2015.
        case fitnets
        /// Similarity-preserving: Tung and Mori 2019.
        case sp
        /// Relations by distance and angle: Park et al. 2019.
        case rkd
        /// Contrast between images, through learned projections: Tian, Krishnan and Isola 2020.
        case crd
        /// Review of all stages, through learned fusions: Chen, Liu, Zhao and Jia 2021.
        case reviewkd

        /// The weight where none is written: that of the comparisons of Tian, Krishnan and Isola 2020, "Contrastive
        /// representation distillation". `at` is a sum over pairs of layers. Their hints pass a batch norm and bear 100;
        /// these do not, and diverge with it. Of `reviewkd` it is that of its
        /// authors' code for ImageNet, which is the lowest.
        public var standardWeight: Double {
            switch self {
            case .at: 1000
            case .fitnets: 5
            case .sp: 3000
            case .rkd, .reviewkd: 1
            case .crd: 0.8
            }
        }
    }

    public var method: Method
    /// Above 0; `nil`: the method's own.
    public var weight: Double?
    /// Names of nodes; `nil`: found by stage and resolution.
    public var student, teacher: String?

    public init(_ method: Method, weight: Double? = nil, student: String? = nil, teacher: String? = nil) {
        self.method = method
        self.weight = weight
        self.student = student
        self.teacher = teacher
    }

    /// The factor on the loss.
    public var factor: Double { weight ?? method.standardWeight }
}
