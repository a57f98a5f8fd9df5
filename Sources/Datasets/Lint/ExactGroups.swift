import Glibc

/// Images with the same pixels.
enum ExactGroups {
    /// Different images with one hash do not come about by chance. Where someone made them, this many are told apart,
    /// and the others pass for different from all.
    private static let mostCollisions = 8

    /// Groups of at least two positions, ascending, in the order of their first ones.
    static func find(in subject: LintSubject) -> [[Int]] {
        var order = subject.images.indices.map { (hash: subject.images[$0].record.hash, position: $0) }
        order.sort { $0.hash != $1.hash ? $0.hash < $1.hash : $0.position < $1.position }
        var result: [[Int]] = []
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, order[end].hash == order[start].hash { end += 1 }
            if end - start > 1 {
                result += split(order[start..<end].map(\.position), subject).filter { $0.count > 1 }
            }
            start = end
        }
        return result.sorted { $0[0] < $1[0] }
    }

    /// Groups of equal pixels among images of one hash.
    private static func split(_ positions: [Int], _ subject: LintSubject) -> [[Int]] {
        var groups: [[Int]] = []
        for position in positions {
            let same = groups.firstIndex { group in
                memcmp(subject.row(group[0]), subject.row(position), subject.store.rowBytes) == 0
            }
            if let same {
                groups[same].append(position)
            } else if groups.count < mostCollisions {
                groups.append([position])
            }
        }
        return groups
    }
}
