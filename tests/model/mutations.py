"""Changes of process.yaml that the frame lets through, each with the claim that it must break."""
import shutil

# rulebook, what is found (once at least; the first is changed), what is put there, claim
MUTATIONS = [
    ("cctld-example", "from: fine,\n     when: ground == none and expired and finding != met and",
     "from: fine,\n     when: ground == none and expired and", "s3_deregistration"),
    ("cctld-example", "to: deregistration, approvals: {needed: 2}", "to: deregistration, approvals: {needed: 1}", "s8_two"),
    ("cctld-example", "effects: [set-deadline, update-publication, notify],\n     second-person: true",
     "effects: [set-deadline, update-publication, notify]", "s5_two"),
    ("cctld-example", "when: not expired, effects: [cancel-deadline, notify]", "when: not expired, effects: [notify]",
     "s12_service"),
    ("cctld-example", "effects: [set-deadline, publish stage], clock: [fine]", "effects: [set-deadline], clock: [fine]",
     "s1_served"),
    ("cctld-example", "from: fine, effects: [notify, update-publication]", "from: fine, effects: [update-publication]",
     "s4_not_silent"),
    ("cctld-example", "when: closure != resolved or finding == met or answer == adequate", "when: closure != resolved or answer != received",
     "s20_resolved"),
    ("cctld-example", "from: warning2,\n     when: ground == none and expired and finding != met and",
     "from: warning2,\n     when: ground == none and expired and", "s3_fine"),
]


def changed(source, place, find, put):
    """A copy of a rulebook in which one place of its process is another."""
    shutil.copytree(source, place)
    path = place / "process.yaml"
    text = path.read_text()
    if find not in text:
        raise ValueError(f"{path}: no '{find}'")
    path.write_text(text.replace(find, put, 1))
