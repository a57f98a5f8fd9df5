import Foundation
import HTTPTypes
import Hummingbird
import Ledger

/// Every address of the page.
struct Routes {
    let site: Site
    let live: LiveFeed

    func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: Gate(site: site))
        let (site, live) = (site, live)
        let memory = PageMemory()

        // Pages.
        router.get("/") { _, _ in
            Response.page(try await memory.page("/") { try await OverviewPage(site: site).render() })
        }
        router.get("/history") { request, _ in
            Response.page(
                try await memory.page(request.uri.string) {
                    try await HistoryPage(site: site, query: request.queryFields).render()
                })
        }
        router.get("/jobs/:id") { request, context in
            let job = try await site.job(try context.parameters.require("id"))
            return Response.page(try await JobPage(site: site, job: job).render(said: request.queryFields["said"]))
        }
        router.get("/compare") { request, _ in
            try await Response.page(ComparePage(site: site, ids: request.queryFields.all("job")).render())
        }

        // What pages are made of.
        router.get("/style.css") { _, _ in Response.asset(PageStyle.text, "text/css; charset=utf-8") }
        router.get("/page.js") { _, _ in Response.asset(PageScript.text, "text/javascript; charset=utf-8") }
        router.get("/favicon.svg") { _, _ in Response.asset(PageStyle.icon, "image/svg+xml") }
        router.get("/events") { _, _ in try await live.response(.overview) }
        router.get("/jobs/:id/events") { _, context in
            try await live.response(.job(try await site.job(try context.parameters.require("id")).id))
        }
        router.get("/jobs/:id/log") { _, context in
            try await JobDownload(site: site).log(of: try context.parameters.require("id"))
        }
        router.get("/jobs/:id/files/**") { request, context in
            try await JobDownload(site: site).file(of: try context.parameters.require("id"), request, context)
        }

        // For programs.
        router.get("/status.json") { _, _ in
            Response.of(
                try await memory.page("/status.json") { try await site.status(history: 50).json }, "application/json")
        }
        router.get("/metrics") { _, _ in
            Response.of(
                try await memory.page("/metrics") { try await DaemonMetrics(site: site).text() },
                MetricsText.contentType)
        }
        router.get("/healthz") { _, _ in Response.text("ok\n") }
        router.get("/readyz") { _, _ in try await Readiness(site: site).response() }

        // What changes something.
        router.post("/jobs/:id/cancel") { request, context in
            defer { memory.forget() }
            return try await JobAction(site: site).run(.cancel, request, context)
        }
        router.post("/jobs/:id/retry") { request, context in
            defer { memory.forget() }
            return try await JobAction(site: site).run(.retry, request, context)
        }
        router.put("/inbox/:name") { request, context in
            defer { memory.forget() }
            // It waits for the disk, and the page does not wait for it.
            return try await withTaskExecutorPreference(globalConcurrentExecutor) {
                try await Upload(site: site).take(request, context)
            }
        }
        return router
    }
}

extension Request {
    var queryFields: FormFields { FormFields(uri.query ?? "") }
}

extension Response {
    /// What changes with the program only.
    static func asset(_ text: String, _ type: String) -> Response {
        var response = of(text, type)
        response.headers[.cacheControl] = "max-age=300"
        return response
    }
}
