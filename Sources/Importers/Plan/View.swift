/// Where a tensor's elements lie in the memory of one image.
///
/// Each dimension is a row-major product of atoms, and an atom is a size with a stride. So a transposition only
/// reorders dimensions and a reshape only regroups atoms: a graph in N,C,H,W runs on memory in H,W,C, and its
/// transpositions move no data.
struct View: Equatable {
    struct Atom: Equatable {
        var size, stride: Int
    }

    /// Number of the plan's storage.
    var storage: Int
    /// Floats before the first element.
    var offset = 0
    /// Without atoms of size 1; a dimension of size 1 has none. No dimension is empty.
    var dims: [[Atom]]

    init(storage: Int, offset: Int = 0, dims: [[Atom]]) {
        self.storage = storage
        self.offset = offset
        self.dims = dims.map { Self.merged($0) }
    }

    /// A dense tensor with its dimensions in memory in the given order, the last one contiguous.
    init(storage: Int, shape: [Int], order: [Int]) {
        var dims = [[Atom]](repeating: [], count: shape.count)
        var stride = 1
        for axis in order.reversed() {
            dims[axis] = [Atom(size: shape[axis], stride: stride)]
            stride *= shape[axis]
        }
        self.init(storage: storage, dims: dims)
    }

    /// Without unit atoms, and with neighbours joined that are one run.
    private static func merged(_ atoms: [Atom]) -> [Atom] {
        var result: [Atom] = []
        for atom in atoms where atom.size != 1 {
            if let last = result.last, last.stride == atom.size * atom.stride {
                result[result.count - 1] = Atom(size: last.size * atom.size, stride: atom.stride)
            } else {
                result.append(atom)
            }
        }
        return result
    }

    var shape: [Int] { dims.map { $0.reduce(1) { $0 * $1.size } } }
    var count: Int { dims.reduce(1) { $1.reduce($0) { $0 * $1.size } } }
    var rank: Int { dims.count }

    /// All atoms in the logical order of the elements.
    var atoms: [Atom] { Self.merged(dims.flatMap { $0 }) }

    /// The step along a dimension; `nil` where it is not one run.
    func stride(_ axis: Int) -> Int? {
        switch dims[axis].count {
        case 0: 1
        case 1: dims[axis][0].stride
        default: nil
        }
    }

    /// Whether the elements fill the `count` floats from `offset` on, each float once, in whatever order.
    var isFull: Bool {
        var expected = 1
        for atom in dims.flatMap({ $0 }).sorted(by: { $0.stride < $1.stride }) {
            guard atom.stride == expected else { return false }
            expected *= atom.size
        }
        return true
    }

    /// Whether the elements lie as a dense tensor with the given order of dimensions does.
    func isDense(order: [Int]) -> Bool { dims == View(storage: storage, shape: shape, order: order).dims }

    func transposed(_ order: [Int]) -> View {
        View(storage: storage, offset: offset, dims: order.map { dims[$0] })
    }

    /// The same elements with another shape; `nil` where that needs them moved.
    func reshaped(_ target: [Int]) -> View? {
        var rest = atoms[...]
        var result: [[Atom]] = []
        for size in target {
            var needed = size
            var dim: [Atom] = []
            while needed > 1 {
                guard let atom = rest.first else { return nil }
                if needed % atom.size == 0 {
                    dim.append(atom)
                    needed /= atom.size
                    rest.removeFirst()
                } else if atom.size % needed == 0 {
                    let inner = atom.size / needed
                    dim.append(Atom(size: needed, stride: atom.stride * inner))
                    rest[rest.startIndex] = Atom(size: inner, stride: atom.stride)
                    needed = 1
                } else {
                    return nil
                }
            }
            result.append(dim)
        }
        return rest.isEmpty ? View(storage: storage, offset: offset, dims: result) : nil
    }

    /// `count` indices of a dimension from `start` on, `step` apart; `nil` where the dimension is not one run.
    func sliced(_ axis: Int, start: Int, step: Int, count: Int) -> View? {
        guard let stride = stride(axis) else { return nil }
        var made = dims
        made[axis] = [Atom(size: count, stride: stride * step)]
        return View(storage: storage, offset: offset + start * stride, dims: made)
    }

    /// Repeated along new dimensions and those of size 1.
    func expanded(_ target: [Int]) -> View {
        let missing = target.count - rank
        let own = shape
        return View(
            storage: storage, offset: offset,
            dims: target.indices.map { axis in
                let source = axis - missing
                if source < 0 || own[source] == 1 { return [Atom(size: target[axis], stride: 0)] }
                return dims[source]
            })
    }

    /// The order in which a copy of a tensor of this shape lies best: channels last where it is an image.
    static func natural(rank: Int) -> [Int] { rank == 4 ? [0, 2, 3, 1] : Array(0..<rank) }
}
