"""stub"""
class MailServer:
    def __init__(self,*a): pass
    def start(self): pass
    def settle(self): pass
