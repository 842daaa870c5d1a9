"""Runs the query of a page over access logs, and holds its rows against those that a person reads out of the lines."""

import re
import sys

import duckdb
import sqlglot

# https://docs.aws.amazon.com/athena/latest/ug/create-alb-access-logs-table-partition-projection.html
EXPRESSION = (
    r"([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) ([^ ]*)[:-]([0-9]*) ([-.0-9]*) ([-.0-9]*) ([-.0-9]*) (|[-0-9]*) (-|[-0-9]*) "
    r'([-0-9]*) ([-0-9]*) "([^ ]*) (.*) (- |[^ ]*)" "([^"]*)" ([A-Z0-9-_]+) ([A-Za-z0-9.-]*) ([^ ]*) "([^"]*)" "([^"]*)" '
    r'"([^"]*)" ([-.0-9]*) ([^ ]*) "([^"]*)" "([^"]*)" "([^ ]*)" "([^\s]+?)" "([^\s]+)" "([^ ]*)" "([^ ]*)" ?([^ ]*)?( .*)?'
)
COLUMNS = """type time elb client_ip client_port:int target_ip target_port:int request_processing_time:double
    target_processing_time:double response_processing_time:double elb_status_code:int target_status_code received_bytes:bigint
    sent_bytes:bigint request_verb request_url request_proto user_agent ssl_cipher ssl_protocol target_group_arn trace_id domain_name
    chosen_cert_arn matched_rule_priority request_creation_time actions_executed redirect_url lambda_error_reason target_port_list
    target_status_code_list classification classification_reason conn_trace_id""".split()
BROWSER = r"Mozilla/5.0 (X11; Linux x86_64) \x22quoted\x22 [en] AppleWebKit/537.36 (KHTML, like Gecko)"
UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def line(request, group="stable", status=200, seconds=0.02, *, kind="https", at="2026-11-24T08:15:00.123456Z", **more):
    """One entry: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html"""
    arn = "-" if group is None else f"arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/{group}/0123456789abcdef"
    answered = "-" if seconds < 0 else status
    target = more.get("target", "-" if seconds < 0 else "10.0.1.7:8080")
    before, after = (-1, -1) if seconds < 0 else ("0.001", "0.000")
    reached = "-" if target == "-" else target
    return (
        f'{kind} {at} app/shop/50dc6c495c0c9188 {more.get("client", "192.0.2.7:44321")} {target} {before} {seconds} {after} '
        f'{status} {answered} 217 -1 "{request}" "{more.get("agent", BROWSER)}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.3 {arn} '
        f'"Root=1-67891233-abcdef012345678912345678" "{more.get("domain", "shop.example")}" "session-reused" 5 {at} '
        f'"{more.get("actions", "waf,forward")}" "-" "-" "{reached}" "{answered}" "-" "-"{more.get("trailing", "")}'
    )


URL = "https://shop.example:443"
LINES = [
    line(f"GET {URL}/items/17?a=/b/1 HTTP/1.1"),
    line(f"GET {URL}/items/18 HTTP/2.0", kind="h2", trailing=" TID_1234abcd5678ef90"),
    line(f"GET {URL}/items/{UUID} HTTP/1.1", seconds=0.4, trailing=' TID_1234abcd5678ef90 "-" "-" "-"'),
    line(f"GET {URL}/items/19 HTTP/1.1", client="[2001:db8::1]:44321", agent="-", domain="-"),
    line(f"GET {URL}/items/20 HTTP/1.1", status=404),
    # No target answered: times are -1 and there is no target.
    line(f"GET {URL}/items/21 HTTP/1.1", "candidate", 502, seconds=-1),
    line(f"GET {URL}/items/22 HTTP/1.1", "candidate", 500, seconds=0.25),
    line(f"GET {URL}/items/404-page HTTP/1.1", "candidate"),
    line(f"POST {URL}/orders/7/lines/8/ HTTP/1.1", "candidate", kind="http", agent=r"curl/8 \x22a b\x22"),
    line(f"GET {URL}/a|b/{{x}}/3 HTTP/1.1", "candidate", 400),
    line(f"GET {URL}/socket HTTP/1.1", "candidate", 101, kind="wss"),
    line("GET ws://shop.example:80/socket HTTP/1.1", "stable", 101, kind="ws"),
    line(f"POST {URL}/shop.Cart/Add HTTP/2.0", "candidate", kind="grpcs"),
    line(f"GET {URL} HTTP/1.1"),
    # None of these is of a side, or of the hour.
    line(f"GET {URL}/old HTTP/1.1", None, 301, seconds=-1, actions="redirect"),
    line("- http://shop.example:80- -", None, 400, seconds=-1, kind="http", agent="-"),
    line(f"GET {URL}/items/1 HTTP/1.1", at="2026-11-24T09:00:00.000000Z"),
    line(f"GET {URL}/items/1 HTTP/1.1", at="2026-11-24T07:59:59.999999Z"),
]
# side, verb, route, requests, 4xx, 5xx, p99
EXPECTED = [
    ("candidate", "GET", "/a|b/{x}/{id}", 1, 1, 0, 0.02),
    ("candidate", "GET", "/items/404-page", 1, 0, 0, 0.02),
    ("candidate", "GET", "/items/{id}", 2, 0, 2, 0.25),
    ("candidate", "GET", "/socket", 1, 0, 0, 0.02),
    ("candidate", "POST", "/orders/{id}/lines/{id}/", 1, 0, 0, 0.02),
    ("candidate", "POST", "/shop.Cart/Add", 1, 0, 0, 0.02),
    ("stable", "GET", "", 1, 0, 0, 0.02),
    ("stable", "GET", "/items/{id}", 5, 1, 0, 0.4),
    ("stable", "GET", "/socket", 1, 0, 0, 0.02),
]


def taken_apart(entry):
    """As the table's SerDe does: the whole line must match, and what is no number is no value."""
    match = re.fullmatch(EXPRESSION, entry)
    if match is None:
        sys.exit(f"access logs: AWS's expression does not take {entry}")
    day = entry.split(" ")[1][:10].replace("-", "/")
    return [numbered(text, column) for text, column in zip(match.groups(), COLUMNS)] + [day]


def numbered(text, column):
    if ":" not in column:
        return text
    try:
        return float(text)
    except ValueError:
        return None


def main(page):
    queries = re.findall(r"```sql\n(.*?)```", open(page, encoding="utf-8").read(), re.DOTALL)
    if len(queries) != 1:
        sys.exit(f"access logs: {page} has {len(queries)} queries, not one")
    query = sqlglot.transpile(queries[0], read="athena", write="duckdb")[0]
    store = duckdb.connect()
    typed = [column.split(":") if ":" in column else (column, "varchar") for column in COLUMNS]
    store.execute(f"create table alb_access_logs ({', '.join(f'{name} {kind}' for name, kind in typed)}, day varchar)")
    marks = ", ".join("?" * (len(COLUMNS) + 1))
    store.executemany(f"insert into alb_access_logs values ({marks})", [taken_apart(entry) for entry in LINES])
    found = store.execute(query).fetchall()
    rows = sorted((*row[:6], round(row[6], 6)) for row in found)
    if rows != EXPECTED:
        sys.exit("access logs: the query finds\n" + "\n".join(map(str, rows)) + "\nand not\n" + "\n".join(map(str, EXPECTED)))
    worst = [row[5] for row in found]
    if worst != sorted(worst, reverse=True):
        sys.exit("access logs: the routes with the most 5xx do not come first")
    print(f"access logs: {len(LINES)} lines in AWS's format, {len(rows)} routes by side as a person counts them")


main(sys.argv[1])
