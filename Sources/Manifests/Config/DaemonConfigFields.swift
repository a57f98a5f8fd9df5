/// Every key of the daemon's configuration.
enum DaemonConfigFields {
    static let table = FieldTable<DaemonConfig>(
        sections: [
            Section("slurm", "what is asked of a Slurm cluster, where `executor` is slurm"),
            Section("http", "the status page, and metrics for Prometheus"),
            Section("notify", "who is told of jobs that have ended"),
            Section("log", "what the daemon says about itself"),
            Section("limits", "of what a user's files may ask for"),
        ],
        fields: folders + running + room + slurm + http + notify + log + limits, required: [],
        synonyms: [
            "input": "inbox", "in": "inbox", "output": "outbox", "out": "outbox", "statedir": "state",
            "settle": "settleSeconds", "settletime": "settleSeconds", "poll": "pollSeconds",
            "pollinterval": "pollSeconds", "jobs": "jobsAtOnce", "workers": "jobsAtOnce", "parallel": "jobsAtOnce",
            "concurrency": "jobsAtOnce", "threads": "threadsPerJob", "roots": "datasetRoots",
            "datasets": "datasetRoots", "stoptimeout": "stopSeconds", "loglevel": "level", "logformat": "format",
            "logging": "log", "verbosity": "level", "keepinputs": "afterSuccess", "onfailure": "afterFailure",
            "onsuccess": "afterSuccess", "web": "http", "page": "http", "listen": "address", "bind": "address",
            "host": "address", "password": "token", "allowedhosts": "hosts", "on": "enabled",
            "notifications": "notify", "hook": "hooks", "url": "webhook", "hmac": "secret", "key": "secret",
            "runner": "executor", "backend": "executor", "queue": "partition", "walltime": "time", "sbatch": "options",
            "memory": "memoryPerJob", "memorymax": "memoryPerJob",
            "memorylimit": "memoryPerJob", "minfree": "freeBytes", "free": "freeBytes", "diskfree": "freeBytes",
            "cache": "cacheBytes", "cachesize": "cacheBytes", "retention": "archiveDays", "keepdays": "archiveDays",
        ])

    private static let folders: [Field<DaemonConfig>] = [
        Field("inbox", \.inbox, .folder, "where datasets and manifests are dropped"),
        Field("outbox", \.outbox, .folder, "where a job's folder appears, complete"),
        Field("state", \.state, .folder, "private to the daemon; best on the file system of the inbox"),
        Field(
            "datasetRoots", \.datasetRoots, .list(of: .absoluteFolder),
            "folders below which absolute dataset paths are allowed"),
        Field("defaultJob", \.defaultJob, .flag, "a dataset without a manifest gets a job of defaults"),
        Field(
            "afterSuccess", \.afterSuccess,
            .choice(synonyms: ["keep": "archive", "remove": "delete"]), "archive or delete the claimed inputs"),
        Field(
            "afterFailure", \.afterFailure,
            .choice(synonyms: ["return": "returnToInbox", "keep": "archive"]),
            "returnToInbox (Inbox/.failed/) or archive"),
    ]

    private static let running: [Field<DaemonConfig>] = [
        Field(
            "settleSeconds", \.settleSeconds, .number(NumberRange(low: 0.1, high: 3600)),
            "quiet this long: a dropped file is complete"),
        Field(
            "pollSeconds", \.pollSeconds, .number(NumberRange(low: 0.1, high: 3600)),
            "between looks at file systems that tell nothing"),
        Field("jobsAtOnce", \.jobsAtOnce, .whole(1...64), "workers that run at the same time"),
        Field(
            "executor", \.executor, .choice(synonyms: ["cluster": "slurm", "sbatch": "slurm", "none": "local"]),
            "where jobs run: local, on this machine; slurm, on a cluster that shares these folders"),
        Field(
            "threadsPerJob", \.threadsPerJob, .whole(0...1024), "0: all cores divided by jobsAtOnce; on a cluster one"),
        Field(
            "stopSeconds", \.stopSeconds, .number(NumberRange(low: 1, high: 3600)),
            "a job has to write a checkpoint before it is killed"),
    ]

    private static let slurm: [Field<DaemonConfig>] = [
        Field(
            "slurm.partition", \.slurm.partition, .optional(.slurmName, none: "none", meaning: "the cluster's default"),
            "where its batch jobs queue"),
        Field(
            "slurm.account", \.slurm.account, .optional(.slurmName, none: "none", meaning: "the user's default"),
            "who pays for them"),
        Field(
            "slurm.qos", \.slurm.qos, .optional(.slurmName, none: "none", meaning: "the default"),
            "their quality of service"),
        Field(
            "slurm.time", \.slurm.time,
            .optional(.slurmName, none: "none", meaning: "as long as the partition lets it"),
            "one of them may take, as 4:00:00; a job that takes longer goes on in another one"),
        Field("slurm.options", \.slurm.options, .list(of: .slurmOption), "further options of sbatch"),
        Field(
            "slurm.program", \.slurm.program, .optional(.absoluteFile, none: "none", meaning: "where it is here"),
            "the path of distilld on the nodes"),
        Field(
            "slurm.pollSeconds", \.slurm.pollSeconds, .number(NumberRange(low: 0.1, high: 3600)),
            "between questions to Slurm about a job"),
    ]

    private static let http: [Field<DaemonConfig>] = [
        Field("http.enabled", \.http.enabled, .flag, "serve the status page"),
        Field(
            "http.address", \.http.address, .ipAddress,
            "where it is served; one that other machines can reach needs a token"),
        Field("http.port", \.http.port, .whole(0...65_535), "0: any that is free, see the log"),
        Field(
            "http.token", \.http.token,
            .optional(.token, none: "none", meaning: "whoever reaches the address may use the page"),
            "the password of the page, and the bearer token of programs"),
        Field(
            "http.hosts", \.http.hosts, .list(of: .hostName),
            "names of this machine by which the page may be asked for, beside localhost and addresses"),
    ]

    private static let notify: [Field<DaemonConfig>] = [
        Field(
            "notify.hooks", \.notify.hooks, .optional(.folder, none: "none", meaning: "no programs are run"),
            "programs in its folders finished/ and failed/ get the job's JSON"),
        Field(
            "notify.hookSeconds", \.notify.hookSeconds, .number(NumberRange(low: 1, high: 3600)),
            "a program may take, before it is killed"),
        Field(
            "notify.webhook", \.notify.webhook, .optional(.webAddress, none: "none", meaning: "nothing is sent"),
            "address that gets the same JSON by POST, again and again until it answers with 2xx"),
        Field(
            "notify.secret", \.notify.secret, .optional(.token, none: "none", meaning: "not signed"),
            "key of the HMAC-SHA256 in the header X-Distilld-Signature"),
    ]

    private static let room: [Field<DaemonConfig>] = [
        Field(
            "memoryPerJob", \.memoryPerJob, .bytes(0...1 << 50),
            "a job that needs more ends with an explanation; 0: no limit"),
        Field(
            "freeBytes", \.freeBytes, .bytes(0...1 << 50), "free on the disks of state and outbox, or jobs wait"),
        Field(
            "cacheBytes", \.cacheBytes, .bytes(0...1 << 50), "of decoded datasets; the least recently used go first"),
        Field(
            "archiveDays", \.archiveDays, .whole(0...36_500),
            "inputs and logs of ended jobs are kept so long; 0: for ever"),
    ]

    private static let log: [Field<DaemonConfig>] = [
        Field(
            "log.level", \.log.level,
            .choice(synonyms: ["warn": "warning", "verbose": "debug", "fatal": "critical", "err": "error"]),
            "trace, debug, info, notice, warning, error, critical"),
        Field(
            "log.format", \.log.format,
            .choice(synonyms: ["plain": "text", "console": "text", "jsonl": "json", "journald": "journal"]),
            "text, json, journal"),
    ]

    private static let limits: [Field<DaemonConfig>] = [
        Field("limits.manifestBytes", \.limits.manifestBytes, .bytes(1024...64 << 20), "of a manifest"),
        Field(
            "limits.datasetEntries", \.limits.datasetEntries, .whole(1...1_000_000_000),
            "files and folders of a dataset"),
        Field("limits.archiveBytes", \.limits.archiveBytes, .bytes(1 << 20...1 << 50), "an archive unpacks to"),
        Field("limits.archiveRatio", \.limits.archiveRatio, .whole(1...100_000), "unpacked bytes for a packed one"),
        Field("limits.imageFileBytes", \.limits.imageFileBytes, .bytes(1024...4 << 30), "of an image file"),
        Field("limits.imageSide", \.limits.imageSide, .whole(8...1_000_000), "pixels of an image's longer side"),
        Field(
            "limits.imagePixels", \.limits.imagePixels, .whole(64...2_000_000_000), "width times height of an image"),
    ]
}

extension ValueKind where Value == String {
    static let folder = ValueKind.text("a folder, absolute or relative to the folder of this file") {
        path throws(Mismatch) in
        try checkFolder(path)
    }

    static let absoluteFolder = absolute("an absolute path of a folder")
    static let absoluteFile = absolute("an absolute path of a file")

    private static func absolute(_ allowed: String) -> ValueKind {
        .text(allowed) { path throws(Mismatch) in
            try checkFolder(path)
            guard path.utf8.first == UInt8(ascii: "/") else { throw Mismatch("the relative path \(path.shown)") }
        }
    }

    private static func checkFolder(_ path: String) throws(Mismatch) {
        if path.isEmpty { throw Mismatch("an empty text") }
        if path.utf8.count > DatasetPath.longest { throw Mismatch("a path of \(path.utf8.count.grouped) bytes") }
        if path.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw Mismatch("\(path.shown), with a control character")
        }
        if path == "~" || path.hasPrefix("~/") { throw Mismatch("\(path.shown), whose ~ is not expanded") }
    }
}
