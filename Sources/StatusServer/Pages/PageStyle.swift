import Reporting

/// The look of the page: that of reports, and what only the page has.
enum PageStyle {
    static let text = Stylesheet.text + own

    private static let own = """

        header.bar { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem 1.6rem; padding-top: 1rem;
          padding-bottom: 1rem; border-bottom: 1px solid var(--line); }
        header.bar p { margin: 0; max-width: none; } .brand { font-weight: 650; letter-spacing: -.01em; }
        .brand a { color: var(--ink); text-decoration: none; }
        header.bar nav ul { margin: 0; font-size: .95rem; } nav a[aria-current] { color: var(--ink); font-weight: 600;
          text-decoration: none; }
        .connection { margin-left: auto !important; color: var(--soft); font-size: .86rem; }
        h1.page { margin: 1.6rem 0 .8rem; font-size: 1.7rem; font-weight: 650; letter-spacing: -.018em; line-height: 1.25;
          overflow-wrap: anywhere; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .eyebrow { margin-top: 1.4rem; } .eyebrow + h1.page { margin-top: .3rem; }
        section { padding: 1.5rem 0 .3rem; margin-top: 1.1rem; }
        main > div:first-of-type + div + section { border-top: 0; }
        dl.tiles { grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); margin-top: 1.5rem; }
        dl.tiles .figure { font-size: 1.3rem; white-space: nowrap; }
        .card { margin: .8rem 0 1.2rem; padding: 1rem 1.2rem 1.2rem; background: var(--card); border: 1px solid var(--line);
          border-radius: 10px; } .card h3 { margin: 0; overflow-wrap: anywhere; } .card p { margin: .2rem 0 .5rem; }
        .card .charts { margin-bottom: 0; }
        .head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .4rem 1rem; }
        .head p { margin: 0; }
        progress { display: block; width: 100%; height: .55rem; margin: .5rem 0 .3rem; accent-color: var(--student);
          border: 0; border-radius: 99px; overflow: hidden; background: var(--line); color: var(--student); }
        progress::-webkit-progress-bar { background: var(--line); } progress::-webkit-progress-value { background: var(--student); }
        progress::-moz-progress-bar { background: var(--student); }
        .doing { font-size: .95rem; }
        .state { display: inline-block; padding: .05rem .6rem; border: 1px solid currentColor; border-radius: 99px;
          font-size: .84rem; font-weight: 600; white-space: nowrap; }
        .state.done { color: var(--good); } .state.failed { color: var(--bad); } .state.running { color: var(--student); }
        .state.queued, .state.cancelled { color: var(--soft); }
        form { margin: 0; } button, select, input[type=search] { font: inherit; font-size: .93rem; color: var(--ink);
          background: var(--card); border: 1px solid var(--soft); border-radius: 7px; padding: .3rem .8rem; min-height: 2.1rem; }
        button { cursor: pointer; } button:hover:not(:disabled) { border-color: var(--student); color: var(--student); }
        button:disabled { opacity: .55; cursor: default; }
        input[type=checkbox] { width: 1.1rem; height: 1.1rem; margin: 0; accent-color: var(--student); vertical-align: middle; }
        button:focus-visible, select:focus-visible, input:focus-visible, [tabindex]:focus-visible {
          outline: 2px solid var(--student); outline-offset: 2px; }
        .search { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .8rem; margin: 1rem 0; }
        .search input { flex: 1 1 14rem; min-width: 0; } .search label { color: var(--soft); font-size: .93rem; }
        table.jobs th[scope=row] { text-align: left; overflow-wrap: anywhere; min-width: 11rem; } td.summary { min-width: 16rem; }
        table.jobs td time, td.took { white-space: nowrap; } td.choice { width: 2rem; }
        table.compared thead th { overflow-wrap: anywhere; min-width: 9rem; } table.compared td { overflow-wrap: anywhere; }
        .drop { padding: 1rem 1.2rem; border: 2px dashed var(--line); border-radius: 10px; background: var(--card); }
        .drop.over { border-color: var(--student); background: var(--faint); } .drop p { margin: 0; max-width: none; }
        .drop input { margin-top: .5rem; max-width: 100%; font: inherit; font-size: .93rem; color: var(--ink); }
        .drop ul { list-style: none; padding: 0; margin: .4rem 0 0; }
        .problem { padding: .7rem 1rem; border: 1px solid var(--line); border-left: 4px solid var(--bad); border-radius: 6px;
          background: var(--card); }
        .remark, .happened { padding: .5rem .9rem; border: 1px solid var(--line); border-left: 4px solid var(--baseline);
          border-radius: 6px; background: var(--card); } .happened { border-left-color: var(--good); }
        .verdict { margin: .9rem 0; font-size: 1.2rem; }
        pre.log { max-height: 28rem; overflow: auto; }
        iframe.report { width: 100%; height: 44rem; border: 1px solid var(--line); border-radius: 10px; background: var(--paper); }
        @media (max-width: 40rem) { dl.tiles { grid-template-columns: 1fr 1fr; } dl.tiles .figure { font-size: 1.1rem; } .connection { margin-left: 0 !important; } iframe.report { height: 30rem; } }
        @media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }

        """

    /// A flask, of which a drop falls.
    static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="none" stroke="#0c66bd" stroke-width="3" \
        stroke-linecap="round" stroke-linejoin="round" d="M12 4h8M13.5 4v8L5 25a2.5 2.5 0 0 0 2.200 3.500h17.600A2.500 2.500 0 0 0 27 \
        25L18.500 12V4"/><path fill="#0c66bd" d="M9.500 22h13l2 4h-17z"/></svg>
        """
}
