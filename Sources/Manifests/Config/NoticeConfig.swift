/// Who is told when a job has finished or failed.
public struct NoticeConfig: Codable, Sendable, Equatable {
    /// A folder with the folders `finished` and `failed` of programs; nil: none.
    public var hooks: String?
    /// A program may take so long.
    public var hookSeconds: Double
    /// nil: none.
    public var webhook: String?
    /// Key of the signature; nil: not signed.
    public var secret: String?

    public init(hooks: String? = nil, hookSeconds: Double = 60, webhook: String? = nil, secret: String? = nil) {
        self.hooks = hooks
        self.hookSeconds = hookSeconds
        self.webhook = webhook
        self.secret = secret
    }
}
