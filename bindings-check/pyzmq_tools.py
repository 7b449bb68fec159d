"""What the checks of pyzmq share."""
import zmq

LIMIT_MS = 10000


def socket(context, type, **options):
    s = context.socket(type)
    s.linger = 0
    s.rcvtimeo = s.sndtimeo = LIMIT_MS
    for name, value in options.items():
        setattr(s, name, value)
    return s


def linked(context, binder, connecter, endpoint="tcp://127.0.0.1:*"):
    a, b = socket(context, binder), socket(context, connecter)
    a.bind(endpoint)
    b.connect(a.last_endpoint)
    return a, b


def equal(got, wanted):
    if got != wanted:
        raise AssertionError("got %.300r instead of %.300r" % (got, wanted))
