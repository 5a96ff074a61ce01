"""Real nodes: containerd and kubelet for each, one kube-proxy and one CoreDNS for all, in the enclosure."""

import json
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import yaml

from tests.cluster.control_plane import ControlPlane
from tests.cluster.place import Place
from tests.cluster.waiting import until

NETWORK: Final = "10.245.0"
PODS: Final = "10.244"
PAUSE: Final = "pasum-test/pause:1"
_BRIDGE: Final = "nodes"
_CGROUPS: Final = Path("/sys/fs/cgroup")
_WEIGHT: Final = 8_192
_COREFILE: Final = """\
.:53 {{
    bind {address}
    errors
    kubernetes cluster.local in-addr.arpa {{
        kubeconfig {kubeconfig}
        ttl 5
    }}
    cache 5
    loop
}}
"""


@dataclass(frozen=True, slots=True)
class Node:
    """One node; `number` counts from 1."""

    number: int

    @property
    def name(self) -> str:
        """Its name in the cluster."""
        return f"node-{self.number}"

    @property
    def address(self) -> str:
        """Its address in the enclosure."""
        return f"{NETWORK}.{self.number}"

    @property
    def cgroup(self) -> str:
        """Where its pods are in every hierarchy of cgroups."""
        return f"pasum-{self.name}"


class Nodes:
    """Some nodes in different zones; with a control plane that runs in the same enclosure."""

    def __init__(self, plane: ControlPlane, *, count: int = 2) -> None:
        self._plane = plane
        self._place: Place = plane.place
        self.all = [Node(number) for number in range(1, count + 1)]

    def start(self) -> None:
        """Start everything; returns when all nodes are ready."""
        self._network()
        for node in self.all:
            self._start_containerd(node)
        for node in self.all:
            until(partial(self._answers, node), what=f"containerd of {node.name} answers")

    def join(self) -> None:
        """Start the kubelets, once images are there; returns when all nodes are ready."""
        for node in self.all:
            self._start_kubelet(node)
        self._start_proxy()
        self._start_dns()
        until(self._ready, what="all nodes are ready", seconds=120)
        for node in self.all:
            zone = f"topology.kubernetes.io/zone=zone-{node.number}"
            self._place.kubectl("label", "node", node.name, zone, "--overwrite")

    def ctr(self, node: Node, *arguments: str, seconds: float = 300.0) -> str:
        """Run containerd's client on a node."""
        argv = ["ctr", f"--address={self._socket(node)}", "--namespace=k8s.io", *arguments]
        return self._place.run(*argv, seconds=seconds).stdout

    def remove_cgroups(self) -> None:
        """Remove what the kubelets made in the hierarchies of cgroups; call it when all processes have ended."""
        for node in self.all:
            for top in _CGROUPS.glob(f"*/{node.cgroup}"):
                for folder in [*sorted((each for each in top.rglob("*") if each.is_dir()), reverse=True), top]:
                    with suppress(OSError):
                        folder.rmdir()

    def _network(self) -> None:
        self._place.run("ip", "link", "add", _BRIDGE, "type", "bridge")
        for node in self.all:
            self._place.run("ip", "address", "add", f"{node.address}/24", "dev", _BRIDGE)
        self._place.run("ip", "link", "set", _BRIDGE, "up")

    def _folder(self, node: Node) -> Path:
        folder = self._place.folder / node.name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _socket(self, node: Node) -> Path:
        return self._folder(node) / "containerd.sock"

    def _start_containerd(self, node: Node) -> None:
        folder = self._folder(node)
        cni = folder / "cni"
        cni.mkdir(exist_ok=True)
        (cni / "10-pods.conflist").write_text(json.dumps(_cni(node, folder)), encoding="utf-8")
        settings = folder / "containerd.toml"
        settings.write_text(_containerd(folder, self._socket(node)), encoding="utf-8")
        self._place.start(f"containerd-{node.number}", f"--config={settings}", binary="containerd")

    def _answers(self, node: Node) -> bool:
        argv = ["ctr", f"--address={self._socket(node)}", "version"]
        return self._place.run(*argv, check=False).returncode == 0

    def _start_kubelet(self, node: Node) -> None:
        _make_cgroups(node)
        settings = self._folder(node) / "kubelet.yaml"
        settings.write_text(yaml.safe_dump(self._kubelet(node)), encoding="utf-8")
        self._place.start(
            f"kubelet-{node.number}",
            f"--config={settings}",
            f"--kubeconfig={self._place.kubeconfig}",
            f"--root-dir={self._folder(node) / 'kubelet'}",
            f"--cert-dir={self._folder(node) / 'certificates'}",
            f"--hostname-override={node.name}",
            f"--node-ip={node.address}",
            binary="kubelet",
        )

    def _kubelet(self, node: Node) -> dict[str, object]:
        authority = self._plane.authority.file("ca.crt")
        return {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "address": node.address,
            "healthzPort": 0,
            "authentication": {
                "anonymous": {"enabled": False},
                "webhook": {"enabled": False},
                "x509": {"clientCAFile": authority},
            },
            "authorization": {"mode": "AlwaysAllow"},  # whoever has a certificate of this authority
            "containerRuntimeEndpoint": f"unix://{self._socket(node)}",
            "cgroupDriver": "cgroupfs",
            "cgroupRoot": f"/{node.cgroup}",
            "failCgroupV1": False,
            "failSwapOn": False,
            "enforceNodeAllocatable": ["none"],
            "podLogsDir": str(self._folder(node) / "pod-logs"),
            "clusterDNS": [self.all[0].address],
            "clusterDomain": "cluster.local",
            "resolvConf": "",
            "maxPods": 110,
            "evictionHard": {"memory.available": "200Mi"},
            "imageGCHighThresholdPercent": 100,
        }

    def _start_proxy(self) -> None:
        self._place.start(
            "kube-proxy",
            f"--kubeconfig={self._place.kubeconfig}",
            f"--hostname-override={self.all[0].name}",
            "--proxy-mode=iptables",
            f"--cluster-cidr={PODS}.0.0/16",
            *("--conntrack-max-per-core=0", "--conntrack-tcp-timeout-established=0"),
            "--conntrack-tcp-timeout-close-wait=0",
            f"--healthz-bind-address={self.all[0].address}:10256",
            f"--metrics-bind-address={self.all[0].address}:10249",
        )

    def _start_dns(self) -> None:
        corefile = self._place.folder / "Corefile"
        written = _COREFILE.format(address=self.all[0].address, kubeconfig=self._place.kubeconfig)
        corefile.write_text(written, encoding="utf-8")
        self._place.start("coredns", f"-conf={corefile}")

    def _ready(self) -> bool:
        ready = '{range .items[*]}{.status.conditions[?(@.type=="Ready")].status} {end}'
        found = self._place.kubectl("get", "nodes", f"-o=jsonpath={ready}", check=False).stdout.split()
        return found == ["True"] * len(self.all)


def _make_cgroups(node: Node) -> None:
    for hierarchy in _CGROUPS.iterdir():
        with suppress(OSError):
            (hierarchy / node.cgroup).mkdir(exist_ok=True)
    cpuset = _CGROUPS / "cpuset"
    for name in ("cpuset.cpus", "cpuset.mems"):
        if (cpuset / name).exists():
            (cpuset / node.cgroup / name).write_text((cpuset / name).read_text(encoding="ascii"), encoding="ascii")
    weight = _CGROUPS / "cpu" / node.cgroup / "cpu.shares"
    if weight.exists():  # without it all pods of a node together get as much as one process beside them
        weight.write_text(str(_WEIGHT), encoding="ascii")


def _cni(node: Node, folder: Path) -> dict[str, object]:
    """Each pod on a cable of its own, so that all its traffic passes the packet filter that Services are made of."""
    subnet = f"{PODS}.{node.number}.0/24"
    addresses = {
        "type": "host-local",
        "ranges": [[{"subnet": subnet}]],
        "routes": [{"dst": "0.0.0.0/0"}],
        "dataDir": str(folder / "addresses"),
    }
    return {
        "cniVersion": "0.4.0",
        "name": "pods",
        "plugins": [{"type": "ptp", "ipMasq": False, "ipam": addresses}, {"type": "portmap"}],
    }


def _containerd(folder: Path, socket: Path) -> str:
    """`restrict_oom_score_adj`: a virtual machine may lack the right to protect a process from the kernel."""
    return f"""\
version = 2
root = "{folder / "containerd"}"
state = "/run/{folder.name}"
[grpc]
address = "{socket}"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{PAUSE}"
restrict_oom_score_adj = true
disable_apparmor = true
stream_server_address = "127.0.0.1"
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "{folder / "cni"}"
"""
