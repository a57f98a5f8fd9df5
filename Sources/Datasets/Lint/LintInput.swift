/// The part of the dataset an image belongs to.
enum Split: UInt8, Sendable, CaseIterable { case train, evaluation, test }

/// A usable image, as the lint checks see it.
struct LintInput: Sendable {
    /// In the dataset, `/` between folders.
    var path: String
    /// Index into the classes.
    var label: Int32
    var split: Split
    /// Of the pixel store.
    var row: Int32
    var record: ImageRecord
}
