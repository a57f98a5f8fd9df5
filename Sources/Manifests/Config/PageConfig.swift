/// The status page, and what else is served over HTTP.
public struct PageConfig: Codable, Sendable, Equatable {
    public var enabled: Bool
    /// An IP address of this machine; one that others can reach needs a `token`.
    public var address: String
    /// 0: any that is free.
    public var port: Int
    /// What a visitor must know; nil: whoever reaches the address may look, cancel, retry and upload.
    public var token: String?
    /// Further names under which the page may be asked for, beside `localhost` and IP addresses.
    public var hosts: [String]

    public init(
        enabled: Bool = true, address: String = "127.0.0.1", port: Int = 8765, token: String? = nil,
        hosts: [String] = []
    ) {
        self.enabled = enabled
        self.address = address
        self.port = port
        self.token = token
        self.hosts = hosts
    }

    /// Whether only programs of this machine can reach `address`.
    public var isLoopback: Bool { address == "::1" || address.hasPrefix("127.") }

    /// A token that can be guessed is none.
    static let shortestToken = 16
}
