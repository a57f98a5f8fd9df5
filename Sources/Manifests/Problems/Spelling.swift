/// Finds the word that was probably meant.
enum Spelling {
    /// The candidate nearest to `word`, or nil where none is near.
    ///
    /// In this order: the same letters in another style (`learning_rate`), a known synonym (`lr`), and the smallest
    /// Damerau-Levenshtein distance if it is at most a third of the word.
    static func nearest(to word: String, among candidates: [String], synonyms: [String: String] = [:]) -> String? {
        guard word.utf8.count <= 48 else { return nil }
        let plain = folded(word)
        if let same = candidates.first(where: { folded($0) == plain }) { return same }
        if let synonym = synonyms[plain], candidates.contains(synonym) { return synonym }
        let letters = Array(plain.unicodeScalars)
        let most = max(1, letters.count / 3)
        var best: (distance: Int, candidate: String)?
        for candidate in candidates {
            let other = Array(folded(candidate).unicodeScalars)
            guard abs(other.count - letters.count) <= most else { continue }
            let distance = distance(letters, other)
            // One letter of two or fewer in common is no likeness.
            if distance <= most, distance < max(letters.count, other.count) - 1, distance < best?.distance ?? .max {
                best = (distance, candidate)
            }
        }
        return best?.candidate
    }

    /// Lower case without `_`, `-`, spaces and dots.
    private static func folded(_ word: String) -> String {
        String(
            String.UnicodeScalarView(word.lowercased().unicodeScalars.filter { !"_- .".unicodeScalars.contains($0) }))
    }

    /// Insertions, deletions, substitutions and swaps of neighbours that lead from one to the other (Damerau 1964,
    /// in the restricted form: no letter is edited twice).
    static func distance(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Int {
        var beforeLast = [Int](repeating: 0, count: other.count + 1)
        var last = Array(0...other.count)
        for i in one.indices {
            var row = [i + 1]
            row.reserveCapacity(other.count + 1)
            for j in other.indices {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (one[i] == other[j] ? 0 : 1))
                if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[other.count]
    }
}
