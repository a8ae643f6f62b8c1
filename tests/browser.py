"""What a browser does at the staff door: forms and a cookie."""
import http.client
import re
import urllib.parse


class Browser:
    def __init__(self, port):
        self.port, self.cookie = port, None

    def ask(self, method, path, form=None, **head):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        if form is not None:
            head["Content-Type"] = "application/x-www-form-urlencoded"
        if self.cookie:
            head["Cookie"] = self.cookie
        link.request(method, path, None if form is None else urllib.parse.urlencode(form), head)
        reply = link.getresponse()
        text = reply.read().decode()
        link.close()
        return reply.status, reply.headers, text

    def sign_in(self, **form):
        status, head, text = self.ask("POST", "/login", form)
        if status == 303:
            self.cookie = head["Set-Cookie"].split(";")[0]
        return status, head, text

    def press(self, path, action, **fields):
        """The form of a page, with its token; (status, text)."""
        page = self.ask("GET", path)[2]
        csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', page).group(1)
        status, _, text = self.ask("POST", action, {"csrf": csrf, **fields})
        return status, text


def signed_in(port, token):
    """One person's browser."""
    browser = Browser(port)
    status, _, _ = browser.sign_in(token=token)
    if status != 303:
        raise AssertionError(f"signing in gave {status}")
    return browser
