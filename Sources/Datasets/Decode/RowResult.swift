/// What one image's decoding gave, besides its pixels.
struct RowResult {
    var record = ImageRecord()
    var digest = FileDigest()
    /// Where the image was wanted for the sample and its header can be read.
    var info: ImageInfo?
    /// Why the image cannot be used; then its pixels are zeros.
    var failure: String?
}

/// The results of all rows so far, in the order of the rows.
struct RowTable: Equatable, Sendable {
    var records: [ImageRecord] = []
    /// Why a row's image cannot be used, for those that cannot.
    var failures: [Int32: String] = [:]

    mutating func append(_ results: [RowResult]) {
        for result in results {
            if let failure = result.failure { failures[Int32(records.count)] = failure }
            records.append(result.record)
        }
    }
}
