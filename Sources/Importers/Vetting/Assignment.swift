/// Pairs of rows and columns with the largest sum.
enum Assignment {
    /// The column of each row.
    ///
    /// The Hungarian method with potentials in O(rows^2 columns) (Kuhn 1955, Munkres 1957; shortest augmenting paths
    /// after Jonker and Volgenant 1987).
    ///
    /// - Parameter gains: rows of equal length, at least as many columns as rows.
    static func best(_ gains: [[Double]]) -> [Int] {
        guard let first = gains.first else { return [] }
        let (rows, columns) = (gains.count, first.count)
        precondition(columns >= rows)
        // Index 0 stands for none; costs are negative gains.
        var rowPotential = [Double](repeating: 0, count: rows + 1)
        var columnPotential = [Double](repeating: 0, count: columns + 1)
        var owner = [Int](repeating: 0, count: columns + 1)
        for row in 1...rows {
            var previous = [Int](repeating: 0, count: columns + 1)
            var distance = [Double](repeating: .infinity, count: columns + 1)
            var isDone = [Bool](repeating: false, count: columns + 1)
            owner[0] = row
            var column = 0
            repeat {
                isDone[column] = true
                let current = owner[column]
                var (step, next) = (Double.infinity, 0)
                for j in 1...columns where !isDone[j] {
                    let reduced = -gains[current - 1][j - 1] - rowPotential[current] - columnPotential[j]
                    if reduced < distance[j] { (distance[j], previous[j]) = (reduced, column) }
                    if distance[j] < step { (step, next) = (distance[j], j) }
                }
                for j in 0...columns {
                    if isDone[j] {
                        rowPotential[owner[j]] += step
                        columnPotential[j] -= step
                    } else {
                        distance[j] -= step
                    }
                }
                column = next
            } while owner[column] != 0
            while column != 0 {
                owner[column] = owner[previous[column]]
                column = previous[column]
            }
        }
        var result = [Int](repeating: 0, count: rows)
        for j in 1...columns where owner[j] > 0 { result[owner[j] - 1] = j - 1 }
        return result
    }
}
