/// The frame of a page: head, the policy that keeps it from loading anything, body.
///
/// Pages are well-formed XML too (every element closed, every attribute quoted), so that tests can read them with
/// an independent parser.
package enum Page {
    /// Nothing but the page's own style sheet and pictures given as data: no scripts, frames, forms or requests,
    /// whatever a file name or a class name may contain.
    package static let contentSecurityPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

    static func render(title: String, header: Markup, main: Markup, footer: Markup) -> String {
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8" />
            <meta http-equiv="Content-Security-Policy" content="\(Markup(trusted: contentSecurityPolicy))" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="color-scheme" content="light dark" />
            <meta name="referrer" content="no-referrer" />
            <meta name="generator" content="distilld" />
            <title>\(title)</title>
            <style>\(Markup(trusted: Stylesheet.text))</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the content</a>
            <header>\(header)</header>
            <main id="main">\(main)</main>
            <footer>\(footer)</footer>
            </body>
            </html>

            """
        return page.text
    }
}
