import Compute

/// Finds pairs of 64-bit hashes that differ in few bits.
///
/// The bits are cut into one band more than bits may differ, so that of a pair at least one band is equal in both
/// (pigeonhole): only hashes that share a band are compared. Method: Manku, Jain, Das Sarma, "Detecting near-duplicates
/// for web crawling", WWW 2007, section 3.
enum NearHashes {
    private typealias Entry = (key: UInt64, index: Int32)

    /// Most bits in which a pair differs.
    static let distance = 5
    /// A hash is compared with at most this many that follow it in a band's order. What shares a band with more than
    /// that has hardly any structure (sky, paper); then some pairs are missed, and time stays bounded.
    static let window = 600

    /// Calls `body` with the indices of each pair once, the smaller first, in an order that follows from the hashes,
    /// from the calling thread.
    static func forEachPair(_ hashes: [UInt64], pool: ThreadPool, _ body: (Int, Int) -> Void) {
        let bands = distance + 1
        let edges = (0...bands).map { $0 * 64 / bands }
        let masks = (0..<bands).map { band -> UInt64 in
            let width = edges[band + 1] - edges[band]
            return (UInt64.max >> UInt64(64 - width)) << UInt64(edges[band])
        }
        // The band's bits on top, so that its equals stand together, and among them those with more in common.
        let turns = (0..<bands).map { 64 - edges[$0 + 1] }
        var orders = [[Entry]](repeating: [], count: bands)
        orders.withUnsafeMutableBufferPointer { orders in
            pool.run(bands) { band, _ in
                var order = hashes.indices.map { (key: rotated(hashes[$0], turns[band]), index: Int32($0)) }
                order.sort { $0.key != $1.key ? $0.key < $1.key : $0.index < $1.index }
                orders[band] = order
            }
        }
        for band in 0..<bands {
            let top = masks[band] << UInt64(turns[band])
            let earlier = masks[..<band].map { rotated($0, turns[band]) }
            orders[band].withUnsafeBufferPointer { order in
                for i in order.indices {
                    let key = order[i].key
                    var j = i + 1
                    let end = min(order.count, i + 1 + window)
                    while j < end {
                        let difference = key ^ order[j].key
                        if difference & top != 0 { break }
                        // A pair that an earlier band has in common was found there.
                        if difference.nonzeroBitCount <= distance, earlier.allSatisfy({ difference & $0 != 0 }) {
                            let (a, b) = (Int(order[i].index), Int(order[j].index))
                            body(min(a, b), max(a, b))
                        }
                        j += 1
                    }
                }
            }
        }
    }

    private static func rotated(_ hash: UInt64, _ turn: Int) -> UInt64 {
        turn == 0 ? hash : hash << UInt64(turn) | hash >> UInt64(64 - turn)
    }
}
