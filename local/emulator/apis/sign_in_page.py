"""The page that people of the local stage sign in on, in place of Cognito's hosted one."""

from html import escape

_STYLE = """
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; min-height: 100vh; place-items: center; }
main { width: min(24rem, 90vw); }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { box-sizing: border-box; width: 100%; padding: .6rem; font: inherit; }
button { width: 100%; margin-top: 1.5rem; padding: .7rem; font: inherit; font-weight: 600; }
[role="alert"] { border-left: .3rem solid #c22; padding: .5rem .8rem; }
"""


def page(title: str, heading: str, form: str) -> str:
    """Return the page around a form of ministack's; an error in it is announced, and people are named by e-mail."""
    form = form.replace('<div class="error">', '<div role="alert" id="error">')
    form = form.replace('for="username">Username<', 'for="username">E-mail address<')
    if 'id="error"' in form:
        form = form.replace(" required", ' required aria-describedby="error"')
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="color-scheme" content="light dark">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(heading)}</h1>\n{form}\n"
        "<p><small>The sign-in of this machine's local stage.</small></p>\n</main>\n</body>\n</html>\n"
    )
