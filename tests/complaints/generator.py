"""Complaints with the truth about which repeat which, drawn from a seed.

An *incident* is one thing that happened to one name: its details (page, day, amount, ticket, address)
are its own. Its first complaint tells it in the sentences of a template; a repeat is told by somebody
else, with other words here and there, sentences in another order, one left out, another greeting, other
letters (capitals, full width), or a long quotation behind it. Hard negatives are made on purpose:

  same name, another incident   in the same sentences with other details, or in other sentences
  same sentences, another name  with other details, or with the same ones (a campaign)

The truth is a number for each complaint: those with the same number repeat each other. It never
goes to the program.
"""
import base64
import random

GREETINGS = {
    "en": ("Dear Sir or Madam,", "Hello,", "To whom it may concern:", "Good morning,", ""),
    "de": ("Sehr geehrte Damen und Herren,", "Guten Tag,", "Hallo,", ""),
    "fr": ("Madame, Monsieur,", "Bonjour,", ""),
    "es": ("Estimados señores:", "Buenos días:", ""),
    "ru": ("Здравствуйте!", "Добрый день,", ""),
    "ar": ("السلام عليكم،", "تحية طيبة،", ""),
    "zh": ("您好，", "敬启者：", ""),
}
CLOSINGS = {
    "en": ("Kind regards", "Thank you for your help.", "Please act soon.", ""),
    "de": ("Mit freundlichen Grüßen", "Vielen Dank für Ihre Hilfe.", ""),
    "fr": ("Cordialement", "Merci de votre aide.", ""),
    "es": ("Saludos cordiales", "Gracias por su ayuda.", ""),
    "ru": ("С уважением", "Спасибо за помощь.", ""),
    "ar": ("مع خالص التحية", "شكرا لكم.", ""),
    "zh": ("谢谢。", "此致敬礼", ""),
}
# Each story: sentences with the details of an incident.
STORIES = {
    "en": (
        ("The page at {url} copies the sign-in form of {brand} and asks for the card number.",
         "It was first seen on {day} and is still there.",
         "Our customers were led to it by messages from {mail} that threaten to close their accounts.",
         "One of them lost {amount} and filed report {ticket} with the police.",
         "The registrar did not answer when we wrote to its abuse address for {name}.",
         "Whoever enters a password is sent on to the real pages so that nobody notices."),
        ("I asked the registrar of {name} for the transfer code on {day} and heard nothing.",
         "My support ticket {ticket} was closed without a word.",
         "The agent {mail} told me that I must pay {amount} before the name may leave.",
         "Nothing of the kind stands in the terms which I accepted.",
         "The page {url} says that transfers are free of charge.",
         "The name is older than the sixty days and is not locked by any dispute."),
        ("A program at {url} encrypts the disks of those who open it and demands {amount}.",
         "Our sensors met it on {day} in mails that pretend to be bills of {brand}.",
         "The sample is known as {ticket} in our collection.",
         "Infected machines report to {mail} and wait for orders.",
         "The domain {name} serves nothing else, so that no innocent customer would suffer.",
         "Hospitals are among the victims, which is why we ask for haste."),
        ("The registration of {name} expired although I had paid {amount} in time.",
         "The receipt has the number {ticket} and the day {day}.",
         "No reminder reached me before the deletion, nor afterwards.",
         "The shop at {url} belonged to my family for many years.",
         "Support under {mail} answers with prepared sentences only.",
         "Now somebody else offers the name for sale at a shameless price."),
    ),
    "de": (
        ("Unter {url} wird die Anmeldeseite von {brand} nachgeahmt und nach der Kartennummer gefragt.",
         "Wir haben die Seite am {day} zum ersten Mal gesehen.",
         "Die Nachrichten mit dem Verweis kommen von {mail} und drohen mit Sperrung des Kontos.",
         "Ein Kunde verlor {amount} und erstattete Anzeige unter dem Zeichen {ticket}.",
         "Der Registrar von {name} hat auf unsere Meldung bisher nicht geantwortet.",
         "Nach der Eingabe wird man auf die echte Seite weitergeleitet, damit niemand etwas merkt."),
        ("Ich habe am {day} den Auth-Code für {name} verlangt und nichts erhalten.",
         "Meine Anfrage {ticket} wurde ohne Begründung geschlossen.",
         "Der Mitarbeiter {mail} verlangte {amount} für die Freigabe des Namens.",
         "Davon steht nichts in den Bedingungen, denen ich zugestimmt habe.",
         "Auf {url} heißt es dagegen, ein Umzug sei kostenlos.",
         "Der Name ist älter als sechzig Tage und durch kein Verfahren gesperrt."),
    ),
    "fr": (
        ("La page {url} imite le formulaire de connexion de {brand} et demande le numéro de carte.",
         "Elle est en ligne depuis le {day} et personne ne réagit.",
         "Les messages qui y mènent viennent de {mail} et menacent de fermer le compte.",
         "Une cliente a perdu {amount} et a déposé plainte sous le numéro {ticket}.",
         "Le bureau d'enregistrement de {name} n'a pas répondu à notre signalement.",
         "Après la saisie la victime arrive sur le vrai site et ne remarque rien."),
    ),
    "es": (
        ("La página {url} imita el formulario de acceso de {brand} y pide el número de la tarjeta.",
         "Está en línea desde el {day} y nadie hace nada.",
         "Los mensajes que llevan a ella vienen de {mail} y amenazan con cerrar la cuenta.",
         "Un cliente perdió {amount} y presentó la denuncia {ticket} ante la policía.",
         "El registrador de {name} no ha contestado a nuestro aviso de abuso.",
         "Después de escribir la contraseña la víctima llega al sitio verdadero sin notar nada."),
    ),
    "ru": (
        ("Страница {url} повторяет форму входа {brand} и спрашивает номер карты.",
         "Мы впервые увидели её {day}, и она работает до сих пор.",
         "Письма со ссылкой приходят с адреса {mail} и грозят закрыть счёт.",
         "Один клиент потерял {amount} и подал заявление под номером {ticket}.",
         "Регистратор имени {name} не ответил на наше сообщение о нарушении.",
         "После ввода пароля жертву отправляют на настоящий сайт, и никто ничего не замечает."),
    ),
    "ar": (
        ("الصفحة {url} تقلد نموذج الدخول الخاص بـ {brand} وتطلب رقم البطاقة.",
         "شوهدت الصفحة أول مرة يوم {day} وما زالت تعمل حتى الآن.",
         "الرسائل التي تقود إليها تأتي من {mail} وتهدد بإغلاق الحساب.",
         "خسر أحد العملاء مبلغ {amount} وقدم بلاغا برقم {ticket} إلى الشرطة.",
         "لم يرد أمين السجل المسؤول عن {name} على بلاغنا عن الإساءة.",
         "بعد إدخال كلمة المرور تنتقل الضحية إلى الموقع الحقيقي فلا يلاحظ أحد شيئا."),
    ),
    "zh": (
        ("网页 {url} 仿冒 {brand} 的登录页面并要求输入银行卡号。",
         "我们在 {day} 首次发现该网页，目前仍可访问。",
         "诱导邮件来自 {mail} ，威胁要关闭受害人的账户。",
         "一位客户损失了 {amount} ，已报警，案件编号 {ticket} 。",
         "注册商没有答复我们就 {name} 提出的滥用投诉。",
         "输入密码之后受害人会被转到真正的网站，因此没有人察觉。"),
    ),
}
OTHER_WORDS = {
    "en": "really also perhaps quickly that this website criminals today again problem found sadly".split(),
    "de": "wirklich auch vielleicht schnell diese Seite Betrüger heute wieder Problem leider".split(),
    "fr": "vraiment aussi peut-être vite ce site fraudeurs encore problème hélas".split(),
    "es": "realmente también quizás pronto este sitio delincuentes hoy problema".split(),
    "ru": "действительно также может быстро этот сайт мошенники сегодня снова".split(),
    "ar": "حقا أيضا ربما بسرعة هذا الموقع المحتالون اليوم مرة أخرى".split(),
    "zh": "确实 也 可能 很快 这个 网站 骗子 今天 再次".split(),
}
BRANDS = ("Northern Savings", "Harbour Bank", "Parcel Post", "City Tax Office", "Blue Cloud", "Union Energy")
QUOTED = ("On an earlier day support wrote that the matter had been passed on to the department in charge.",
          "Please do not reply to this message, since nobody reads what comes to this address.",
          "Our opening hours are from nine to five on working days, and we wish you a pleasant week.",
          "This message may contain confidential information for the person to whom it is addressed.",
          "Your request is important to us and will be dealt with in the order in which it came.")
WORDS = ("river cloud maple stone harbor pixel amber falcon meadow orbit copper lantern velvet cedar north "
         "signal garden summit quartz willow ember raven coral tundra prairie delta").split()


class Incident:
    def __init__(self, draw, number, name=None, language=None, story=None):
        self.draw, self.number = draw, number
        self.name = name or f"{draw.choice(WORDS)}-{draw.choice(WORDS)}{draw.randrange(10, 9999)}.example"
        self.language = language or draw.choices(list(STORIES), (6, 2, 2, 2, 1, 1, 1))[0]
        self.story = draw.randrange(len(STORIES[self.language])) if story is None else story
        self.details = self.draw_details()
        self.kind = draw.choice(("generic-registrar", "dns-abuse-registrar"))

    def draw_details(self):
        draw = self.draw
        token = "".join(draw.choices("abcdefghjkmnpqrstuvwxyz23456789", k=6))
        return {"name": self.name, "url": f"http://{self.name}/{draw.choice(WORDS)}/{token}",
                "day": f"2026-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}",
                "brand": draw.choice(BRANDS), "amount": f"{draw.randrange(50, 9999)}.{draw.randrange(100):02} EUR",
                "ticket": f"{draw.choice('ABCDEF')}{draw.randrange(10000, 999999)}",
                "mail": f"{draw.choice(WORDS)}{draw.randrange(100)}@{draw.choice(WORDS)}.example"}

    def sentences(self):
        return [s.format(**self.details) for s in STORIES[self.language][self.story]]

    def another(self, number, **same):
        """The same name, and what else is said; its own details, but half of them by the same hand."""
        other = Incident(self.draw, number, name=self.name, language=self.language, **same)
        if self.draw.random() < 0.5:
            other.details.update(mail=self.details["mail"], brand=self.details["brand"])
        return other

    def elsewhere(self, number, campaign):
        """The same sentences about another name; of a campaign the same details too."""
        other = Incident(self.draw, number, language=self.language, story=self.story)
        if campaign:
            for key in ("day", "brand", "amount", "ticket", "mail"):
                other.details[key] = self.details[key]
        return other


def reword(draw, sentence, language, rate):
    """Other words in some places; details stay."""
    words = []
    for word in sentence.split(" "):
        plain = word.strip(".,:").isalpha() if language != "zh" else False
        if plain and draw.random() < rate:
            word = draw.choice(OTHER_WORDS[language]) if draw.random() < 0.7 else ""
        words += [word] if word else []
    text = " ".join(words)
    if language == "zh" and draw.random() < 3 * rate:
        at = draw.randrange(len(text))
        text = text[:at] + draw.choice(OTHER_WORDS["zh"]) + text[at:]
    return text


def full_width(text):
    return "".join(chr(ord(c) + 0xfee0) if "A" <= c.upper() <= "Z" else c for c in text)


def tell(incident, repeat):
    """The words of one complaint about it."""
    draw, language = incident.draw, incident.language
    sentences = incident.sentences()
    if repeat:
        sentences = [reword(draw, s, language, draw.uniform(0.02, 0.12)) for s in sentences]
        if draw.random() < 0.5:
            draw.shuffle(sentences)
        if draw.random() < 0.25:
            sentences.pop(draw.randrange(len(sentences)))
    elif draw.random() < 0.2:
        sentences.pop(draw.randrange(len(sentences)))
    text = " ".join(sentences)
    if repeat and draw.random() < 0.1:
        text = text.upper()
    if repeat and draw.random() < 0.1:
        text = full_width(text[:40]) + text[40:]
    if repeat and draw.random() < 0.15:
        text = text.replace(" ", "\n", 7)
    lines = [draw.choice(GREETINGS[language]), text, draw.choice(CLOSINGS[language])]
    if repeat and draw.random() < 0.3:
        mark = draw.choice(("> ", ""))
        lines += [mark + line for line in draw.sample(QUOTED, draw.randrange(2, 5))]
    return "\n".join(line for line in lines if line)


def document(incident, repeat, reporter):
    draw, text = incident.draw, tell(incident, repeat)
    who = {"name": f"Person {reporter}", "email": f"person{reporter}@mail.example", "share": False}
    exhibit = {"media_type": "text/plain"}
    if incident.kind == "generic-registrar":
        shown = f"Screen of {reporter}, seen {draw.randrange(10**6)}"
        return {"type": "generic-registrar", "language": "en", "names": [incident.name], "reporter": who,
                "answers": {"registrar": "Example Names Ltd", "domain": incident.name, "what": text},
                "exhibits": [dict(exhibit, evidence="record", base64=coded(shown))],
                "told_first": {"told": True, "on": "2026-12-01", "how": "mail"}}
    report = f"To the abuse desk: please look at {incident.name}. {draw.choice(WORDS)} {draw.randrange(10**6)}"
    return {"type": "dns-abuse-registrar", "language": "en", "names": [incident.name], "reporter": who,
            "answers": {"kind": "phishing", "domain": incident.name, "address": incident.details["url"],
                        "reported-at": f"2026-12-{draw.randrange(1, 29):02}"},
            "exhibits": [dict(exhibit, evidence="abuse", base64=coded(text)),
                         dict(exhibit, evidence="report", base64=coded(report))],
            "told_first": {"told": True, "on": "2026-12-01", "how": "mail"}}


def coded(text):
    return base64.b64encode(text.encode()).decode()


def labelled(seed, incidents):
    """A shuffled list of (document, truth). About every second incident is repeated, and four of ten
    have a hard negative."""
    draw = random.Random(seed)
    rows, number, reporter = [], 0, 0

    def put(incident, times):
        nonlocal reporter
        for time in range(times):
            reporter += 1
            rows.append((document(incident, time > 0, reporter), incident.number))

    for _ in range(incidents):
        number += 1
        incident = Incident(draw, number)
        put(incident, draw.choices((1, 2, 3, 5), (50, 30, 15, 5))[0])
        kind = draw.choices(("none", "same-words", "other-words", "elsewhere", "campaign"),
                            (60, 12, 8, 10, 10))[0]
        if kind == "none":
            continue
        number += 1
        if kind == "same-words":
            put(incident.another(number, story=incident.story), 1)
        elif kind == "other-words":
            put(incident.another(number), 1)
        else:
            put(incident.elsewhere(number, kind == "campaign"), draw.choice((1, 2)))
    draw.shuffle(rows)
    return rows
