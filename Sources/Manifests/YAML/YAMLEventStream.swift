// libyaml as Yams builds it. Yams' own tree builder follows aliases while it builds, hashes whole subtrees to find
// duplicate keys (exponential work for an alias bomb used as a key), and stops at the first duplicate without its
// position; the event stream below it has none of these problems.
internal import CYaml

/// A step of libyaml's parser.
struct YAMLEvent {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd, sequenceEnd, mappingEnd
        case alias(String)
        case scalar(String, quoted: Bool, Properties)
        case sequenceStart(Properties)
        case mappingStart(Properties)
    }

    /// What may stand before a value: `&anchor`, `!tag`.
    struct Properties {
        var anchor: String?
        var tag: String?
    }

    var kind: Kind
    var start: YAMLMark
}

/// What libyaml says of a file that is not YAML.
struct YAMLSyntaxError: Error {
    var problem: String
    var mark: YAMLMark
    /// What was being read when it happened, and where that began.
    var context: String?
    var contextMark: YAMLMark
}

/// The events of a file, pulled one at a time: nothing is read ahead of what the caller asks for, apart from the
/// kilobyte that YAML needs to recognise a key.
final class YAMLEventStream {
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    /// libyaml reads from this until the end.
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ source: YAMLSource) {
        input = .allocate(capacity: source.bytes.count)
        _ = input.initialize(from: source.bytes)
        parser.initialize(to: yaml_parser_t())
        guard yaml_parser_initialize(parser) == 1 else { fatalError("out of memory for a YAML parser") }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    func next() throws(YAMLSyntaxError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(kind: Self.kind(of: event), start: Self.mark(event.start_mark))
    }
}

extension YAMLEventStream {
    private static func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
        switch event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_STREAM_END_EVENT: return .streamEnd
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_ALIAS_EVENT: return .alias(string(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
            // The lone tag `!` is not passed on, but takes a plain scalar its implicit type.
            let tag = string(scalar.tag) ?? (isPlain && scalar.plain_implicit == 0 ? "!" : nil)
            return .scalar(text, quoted: !isPlain, .init(anchor: string(scalar.anchor), tag: tag))
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return .sequenceStart(.init(anchor: string(start.anchor), tag: string(start.tag)))
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return .mappingStart(.init(anchor: string(start.anchor), tag: string(start.tag)))
        default: fatalError("libyaml produced an event of the unknown type \(event.type.rawValue)")
        }
    }

    private func syntaxError() -> YAMLSyntaxError {
        let state = parser.pointee
        if state.error == YAML_MEMORY_ERROR { fatalError("out of memory while reading YAML") }
        return YAMLSyntaxError(
            problem: state.problem.map { String(cString: $0) } ?? "unknown problem",
            mark: Self.mark(state.problem_mark),
            context: state.context.map { String(cString: $0) }, contextMark: Self.mark(state.context_mark))
    }

    private static func mark(_ mark: yaml_mark_t) -> YAMLMark { YAMLMark(line: mark.line + 1, column: mark.column + 1) }

    private static func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }
}
