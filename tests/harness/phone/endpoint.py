"""The SIP endpoint of a telephone: its address, its lines, and what it does with calls that come."""

import os
import re
import time

from talk import make_talk_class


class Phone:
    """One SIP address. Everything runs on the thread that calls `turn`."""

    def __init__(self, pj, report):
        self.pj = pj
        self.report = report
        self.endpoint = None
        self.transports = {}
        self.host = ""
        self.lines = {}
        self.talks = {}
        self.served = {}
        self.past = []
        # Files whose recorder was deleted; the bridge writes the last of them at its next turns.
        self.recordings = []
        self.came = 0
        self.Talk = make_talk_class(pj)
        self.Line = _make_line_class(pj)

    def obey(self, order):
        """Does what an order says; False when it is the last."""
        what = order.pop("do")
        if what == "quit":
            return False
        getattr(self, "_do_" + what)(**order)
        return True

    def turn(self):
        """Lets PJSIP and the calls go on for some milliseconds."""
        if self.endpoint is None:
            time.sleep(0.005)
            return
        self.endpoint.libHandleEvents(10)
        now = time.monotonic()
        for talk in list(self.talks.values()):
            talk.turn(now)
            if talk.over:
                del self.talks[talk.name]
                self._close(talk)
        for talk, file in list(self.recordings):
            if _is_whole(file):
                self.recordings.remove((talk, file))
                self.report("recorded", call=talk, file=file)

    def leave(self):
        """Ends everything. PJSIP's own clean-up under Python is not to be trusted, so the process just goes."""
        for talk in list(self.talks.values()):
            talk.hang_up(0)
        until = time.monotonic() + 1
        while self.endpoint is not None and (self.talks or self.recordings) and time.monotonic() < until:
            self.turn()
        self.report("left")
        os._exit(0)

    def _close(self, talk):
        recorded = talk.record if talk.recorder is not None else None
        talk.close()
        # PJSUA2's destructor of a call hangs up whatever call has its slot by then, so none is ever deleted.
        self.past.append(talk)
        if recorded:
            self.recordings.append((talk.name, recorded))
        elif talk.record:
            self.report("unrecorded", call=talk.name)

    def _do_start(self, address="127.0.0.1", port=0, transports=("udp", "tcp"), codecs=("PCMU", "PCMA"), log=0):
        pj = self.pj
        config = pj.EpConfig()
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.uaConfig.maxCalls = 4
        config.uaConfig.userAgent = "telephone"
        config.logConfig.level = log
        config.logConfig.consoleLevel = log
        config.medConfig.clockRate = 16000
        config.medConfig.audioFramePtime = 20
        config.medConfig.noVad = True
        config.medConfig.ecTailLen = 0
        config.medConfig.threadCnt = 1
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        self.endpoint.libInit(config)
        self.host = address
        kinds = {"udp": pj.PJSIP_TRANSPORT_UDP, "tcp": pj.PJSIP_TRANSPORT_TCP}
        for name in transports:
            transport = pj.TransportConfig()
            transport.port = port
            transport.boundAddress = address
            self.transports[name] = self.endpoint.transportCreate(kinds[name], transport)
        self.endpoint.libStart()
        self.endpoint.audDevManager().setNullDev()
        self.use_codecs(codecs)
        self._do_line(line="", user="telephone", domain=address)
        ports = {name: self._port(number) for name, number in self.transports.items()}
        self.report("started", address=address, ports=ports)

    def _port(self, transport):
        return int(self.endpoint.transportGetInfo(transport).localName.rsplit(":", 1)[1])

    def _do_line(self, line, user, domain, password=None, registrar=None, transport=None, expires=120):
        pj = self.pj
        config = pj.AccountConfig()
        config.idUri = f"sip:{user}@{domain}"
        config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_INACTIVE
        config.mediaConfig.transportConfig.boundAddress = self.host
        config.mediaConfig.transportConfig.port = _first_media_port()
        config.mediaConfig.transportConfig.portRange = 2000
        config.mediaConfig.lockCodecEnabled = False
        config.natConfig.contactRewriteUse = 0
        config.natConfig.viaRewriteUse = 0
        config.natConfig.iceEnabled = False
        config.natConfig.udpKaIntervalSec = 0
        if transport:
            config.sipConfig.transportId = self.transports[transport]
        if password is not None:
            config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", user, 0, password))
        if registrar:
            config.regConfig.registrarUri = registrar
            config.regConfig.timeoutSec = expires
            config.regConfig.retryIntervalSec = 2
            config.regConfig.firstRetryIntervalSec = 1
        opened = self.Line(self, line)
        self.lines[line] = opened
        opened.create(config, line == "")

    def _do_unregister(self, line):
        self.lines[line].setRegistration(False)

    def _do_serve(self, user, **wanted):
        self.served[user] = wanted

    def _do_call(self, call, uri, line="", headers=None, steps=(), record=None):
        talk = self.Talk(self, self.lines[line], call, uri=uri, steps=steps, record=record)
        self.talks[call] = talk
        parameters = self.call_parameters()
        for name, value in (headers or {}).items():
            header = self.pj.SipHeader()
            header.hName, header.hValue = name, value
            parameters.txOption.headers.append(header)
        try:
            talk.makeCall(uri, parameters)
        except Exception:
            del self.talks[call]
            raise

    def _do_then(self, call, steps, instead=False):
        if talk := self._talk(call):
            talk.add_steps(steps, instead)

    def _do_hang_up(self, call, status=0):
        if talk := self._talk(call):
            talk.hang_up(status)

    def _talk(self, call):
        talk = self.talks.get(call)
        if talk is None:
            self.report("error", why=f"no call {call}: it has ended, or never was", call=call)
        return talk

    def came_in(self, line, parameters):
        """A call comes: what is done with it, its called user decides."""
        message = parameters.rdata.wholeMsg
        user = _called_user(message)
        wanted = dict(self.served.get(user) or self.served.get("*") or {"status": 404})
        self.came += 1
        name = f"{user}#{self.came}"
        if wanted.get("record"):
            # The first call gets the very name; later ones do not write over it.
            count = sum(1 for talk in self.talks.values() if talk.record == wanted["record"])
            if count or os.path.exists(wanted["record"]):
                root, end = os.path.splitext(wanted["record"])
                wanted["record"] = f"{root}-{self.came}{end}"
        talk = self.Talk(self, line, name, call_id=parameters.callId, **_of_talk(wanted))
        self.talks[name] = talk
        headers = _headers(message)
        self.report(
            "incoming",
            call=name,
            line=line.name,
            user=user,
            headers=headers,
            call_id=headers.get("call-id", [""])[0],
            record=wanted.get("record"),
        )
        talk.ring()

    def use_codecs(self, codecs):
        """Offers these codecs, in this order, and no others."""
        wanted = {name.upper(): 255 - place for place, name in enumerate(codecs)}
        for codec in self.endpoint.codecEnum2():
            name = codec.codecId.split("/")[0].upper()
            self.endpoint.codecSetPriority(codec.codecId, wanted.get(name, 0))

    def call_parameters(self, status=None):
        """Parameters of one audio stream and nothing else."""
        parameters = self.pj.CallOpParam(True)
        parameters.opt.audioCount = 1
        parameters.opt.videoCount = 0
        if status is not None:
            parameters.statusCode = status
        return parameters


def _make_line_class(pj):
    class Line(pj.Account):
        """One identity: a registered user, or just a name."""

        def __init__(self, phone, name):
            pj.Account.__init__(self)
            self.phone = phone
            self.name = name

        def onRegState(self, prm):  # noqa: N802 - PJSIP's name
            self.phone.report(
                "registration", line=self.name, status=prm.code, reason=prm.reason, expires=prm.expiration
            )

        def onIncomingCall(self, prm):  # noqa: N802 - PJSIP's name
            try:
                self.phone.came_in(self, prm)
            except Exception as error:  # noqa: BLE001 - PJSIP would swallow it
                self.phone.report("error", why=f"a call that came could not be taken: {error!r}")

    return Line


def _of_talk(wanted):
    known = ("ring_ms", "status", "steps", "record", "early_ms")
    return {key: wanted[key] for key in known if key in wanted}


def _called_user(message):
    found = re.match(r"INVITE sips?:(?:([^@;>\s]*)@)?", message)
    return (found and found[1]) or ""


def _headers(message):
    head = message.replace("\r\n", "\n").split("\n\n", 1)[0]
    found = {}
    for line in head.split("\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip().lower(), []).append(value.strip())
    return found


def _is_whole(file):
    """Whether PJSIP has written the length, which is the last that it writes."""
    with open(file, "rb") as sound:
        return sound.read(8)[4:] not in (b"", bytes(4))


def _first_media_port():
    """A place of its own for each process, so that many telephones need not try each other's ports."""
    return 30000 + (os.getpid() * 64) % 20000 // 2 * 2
