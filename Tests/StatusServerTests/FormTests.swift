import Testing

@testable import StatusServer

/// What comes with requests.
@Suite struct FormTests {
    @Test func fieldsAreDecodedInTheirOrder() {
        let fields = FormFields("q=a+b%26c&job=1&job=2&empty=&bare&%zz=1&bad=%zz")
        #expect(fields["q"] == "a b&c")
        #expect(fields.all("job") == ["1", "2"])
        #expect(fields["empty"] == "" && fields["bare"] == "" && fields["bad"] == "")
        #expect(fields["none"] == nil)
    }

    @Test func whatIsEncodedIsReadBack() {
        for text in ["a b&c=d", "ünïcode/../<script>", "%41", ""] {
            #expect(FormFields("x=\(FormFields.encoded(text))")["x"] == text)
        }
    }

    @Test func hostsAreTakenApart() {
        #expect(Host("localhost:8765")?.name == "localhost")
        #expect(Host("LocalHost")?.isAddress == false)
        #expect(Host("127.0.0.1:1")?.isAddress == true)
        #expect(Host("[::1]:80")?.isAddress == true)
        #expect(Host("127.0.0.1.evil.example")?.isAddress == false)
        for broken in ["", ":80", "a:b:c", "[nonsense]", "[::1"] { #expect(Host(broken) == nil, "\(broken)") }
    }

    @Test func secretsAreComparedWhole() {
        let secret = Secrets.random()
        #expect(secret.utf8.count == 32 && secret != Secrets.random())
        #expect(Secrets.areEqual(secret, secret))
        #expect(!Secrets.areEqual(secret, String(secret.dropLast())))
    }
}
