/** The style sheet of the report, without fonts or addresses. */
export const STYLE = `
body{--page:#fff;font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:1080px;padding:0 1rem;color:#111;background:var(--page)}
h1{font-size:1.5rem}h2{margin-top:3rem;border-top:1px solid #ddd;padding-top:1rem}
.ok{color:#166534}.bad{color:#991b1b}.unit{color:#666}
table{border-collapse:collapse;width:100%;font-size:.85rem}td,th{text-align:left;vertical-align:top;padding:.25rem .5rem;border-bottom:1px solid #eee}
td:first-child{white-space:nowrap;font-variant-numeric:tabular-nums}.scroll{max-height:28rem;overflow:auto}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:#666}dd{margin:0}
@media (prefers-color-scheme:dark){body{--page:#111;color:#eee}.unit,dt{color:#aaa}td,th{border-color:#333}h2{border-color:#333}.ok{color:#4ade80}.bad{color:#f87171}}
`;
