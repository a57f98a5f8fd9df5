/// What of a page changes by itself.
struct LiveParts: Sendable {
    let site: Site

    func parts(_ topic: LiveFeed.Topic) async throws -> [LivePart] {
        switch topic {
        case .overview: try await OverviewPage(site: site).parts()
        case .job(let id): try await JobPage(site: site, job: try await site.job(id)).parts()
        }
    }
}
