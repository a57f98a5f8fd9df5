import Compute
import Manifests
import Synchronization

/// What teachers said in one trial, for the others: with the same seed and augmentation they show the same views.
///
/// A trial that compares activations asks for itself.
final class TeacherAnswers: Sendable {
    private struct Key: Hashable {
        var augment: String
        var views: Int
        var wraps: Bool
    }

    private let images, classes, teachers: Int
    private let longest: Int
    private let memories = Mutex<[Key: TeacherMemory]>([:])

    /// Of all answers together.
    private static let mostBytes = 256 << 20
    /// Those that trials may have.
    private static let augmentations = 5

    /// `nil`: nobody teaches, or nobody trains twice.
    ///
    /// - Parameter images: that trials learn from.
    convenience init?(_ plan: HalvingPlan, images: Int, classes: Int, teachers: Int) {
        guard teachers > 0, plan.longestShort > 0 else { return nil }
        self.init(
            images: images, classes: classes, teachers: teachers, epochs: plan.longestShort,
            augmentations: Self.augmentations)
    }

    /// - Parameters:
    ///   - epochs: of the longest trial that shares.
    ///   - augmentations: that trials may have.
    init(images: Int, classes: Int, teachers: Int, epochs: Int, augmentations: Int) {
        self.images = images
        self.classes = classes
        self.teachers = teachers
        let each = TeacherMemory.bytes(images: images, views: 1, classes: classes, teachers: teachers)
        longest = min(epochs, Self.mostBytes / max(each * augmentations, 1))
    }

    /// What the answers that the trials of `plan` share take at most.
    static func bytes(_ plan: HalvingPlan, images: Int, classes: Int, teachers: Int) -> Int {
        let each = TeacherMemory.bytes(images: images, views: 1, classes: classes, teachers: teachers)
        return min(plan.longestShort * augmentations * each, mostBytes)
    }

    /// The memory for a training; `nil`: its answers are of no use to others, or too many.
    func memory(for training: TrainingSpec, _ distillation: DistillationSpec) -> TeacherMemory? {
        guard distillation.features == nil, training.augment.mixup == 0 else { return nil }
        let remembered = training.rememberedViews(distillation)
        let views = remembered > 0 ? remembered : longest
        guard views > 0, views <= max(longest, 1) else { return nil }
        let key = Key(augment: "\(training.augment)", views: views, wraps: remembered > 0)
        return memories.withLock { memories in
            if let known = memories[key] { return known }
            let made = TeacherMemory(
                images: images, views: views, classes: classes, teachers: teachers, wraps: remembered > 0)
            memories[key] = made
            return made
        }
    }
}
