extension Graph {
    /// The largest graph that is accepted. Every product of numbers within these limits fits in an `Int`, and every
    /// offset into one image's activation in an `Int32`.
    public enum Limits {
        public static let nodes = 1 << 16
        /// Height or width of an image or an activation.
        public static let side = 1 << 16
        public static let channels = 1 << 20
        /// Floats in one image's activation (1 GiB).
        public static let activation = 1 << 28
        /// Floats in a `ParameterBuffer` (2 GiB).
        public static let storage = 1 << 29
        /// Side of a kernel or a pooling window, stride, and padding on one side.
        public static let window = 1 << 10
        /// Bytes of a node's name.
        public static let name = 256
    }
}
