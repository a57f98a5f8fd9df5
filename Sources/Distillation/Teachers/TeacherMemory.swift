import Compute
import Manifests
import Synchronization

/// What teachers said about each view of each training image: they are asked once about images that come again.
///
/// An image has `views` different views; which one a step shows hangs on the epoch alone (`view(epoch:)`), so that view
/// and answer belong together. Nothing of it is in a checkpoint: what is forgotten is asked again, and the answer is
/// the same to the last bit.
///
/// Several trainings at once may share one that show the same views.
///
/// Memory: `bytes(images:views:classes:teachers:)`, all of it taken at `init`, used as it is filled.
final class TeacherMemory: @unchecked Sendable {
    let views: Int
    private let images, classes, teachers: Int
    /// views,images,teachers,classes.
    private let logits: FloatBuffer
    /// views,images.
    private var isKnown: [Bool]
    private let wraps: Bool
    private let lock = Mutex(())

    /// - Parameter wraps: whether views come again; otherwise those of later epochs are not kept.
    init(images: Int, views: Int, classes: Int, teachers: Int, wraps: Bool = true) {
        precondition(views >= 1)
        self.wraps = wraps
        self.images = images
        self.views = views
        self.classes = classes
        self.teachers = teachers
        logits = FloatBuffer(count: views * images * teachers * classes)
        isKnown = Array(repeating: false, count: views * images)
    }

    static func bytes(images: Int, views: Int, classes: Int, teachers: Int) -> Int {
        views * images * (4 * teachers * classes + 1)
    }

    /// Which view of every image an epoch shows: where views come again, 0..<views.
    func view(epoch: Int) -> Int { wraps ? epoch % views : epoch }

    /// Whether every image of a batch was asked about in this view.
    func knows(_ samples: UnsafePointer<Int32>, count: Int, view: Int) -> Bool {
        guard view < views else { return false }
        return lock.withLock { _ in
            isKnown.withUnsafeBufferPointer { known in
                for i in 0..<count where !known[view * images + Int(samples[i])] { return false }
                return true
            }
        }
    }

    /// Takes over what was said about a batch.
    ///
    /// - Parameters:
    ///   - rows: K,N,classes, with `stride` values from one teacher to the next.
    func remember(
        _ rows: UnsafePointer<Float>, stride: Int, samples: UnsafePointer<Int32>, count: Int, view: Int
    ) {
        guard view < views else { return }
        lock.withLock { _ in
            for i in 0..<count {
                let place = view * images + Int(samples[i])
                isKnown[place] = true
                for k in 0..<teachers {
                    (logits.base + (place * teachers + k) * classes)
                        .update(from: rows + k * stride + i * classes, count: classes)
                }
            }
        }
    }

    /// Gives what was said about a batch that it `knows`.
    ///
    /// - Parameter rows: K,N,classes, with `stride` values from one teacher to the next.
    func recall(
        _ rows: UnsafeMutablePointer<Float>, stride: Int, samples: UnsafePointer<Int32>, count: Int, view: Int
    ) {
        lock.withLock { _ in
            for i in 0..<count {
                let place = view * images + Int(samples[i])
                for k in 0..<teachers {
                    (rows + k * stride + i * classes)
                        .update(from: logits.base + (place * teachers + k) * classes, count: classes)
                }
            }
        }
    }
}

extension TrainingSpec {
    /// How many views of each image a student sees whose teachers' answers are kept; 0: a new view in every epoch.
    ///
    /// Images that are never changed have one. A mixed image (mixup) has a new partner each time and is never seen again,
    /// and activations, which losses on features need, would be too much to keep.
    func rememberedViews(_ distillation: DistillationSpec) -> Int {
        if augment.mixup > 0 || distillation.features != nil { return 0 }
        return augment == .none ? 1 : distillation.views
    }
}
