"""etcd, kube-apiserver and, for real pods, controller-manager and scheduler."""

import json
from typing import Final

from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.processes import Process
from tests.cluster.certificates import Authority
from tests.cluster.place import Place

SERVICES: Final = "10.246.0.0/16"
_KUBERNETES: Final = "10.246.0.1"
_NAMES: Final = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost")


class ControlPlane:
    """One API server with its own etcd; the place's kubeconfig is the administrator's."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.authority = Authority(place.folder / "certificates")
        self.port = 0

    def start_api(self, *, accounts: bool) -> None:
        """Start etcd and the API server; `accounts`: whether pods need a service account that exists."""
        etcd, peer, self.port = free_ports(3)
        self._certify()
        self._start_etcd(etcd, peer)
        api = self.place.start("kube-apiserver", *self._api_arguments(etcd, accounts=accounts))
        self._write_kubeconfig()
        api.wait_until_ready(self._ready)

    def start_controllers(self) -> None:
        """Start controller-manager and scheduler."""
        own = [f"--kubeconfig={self.place.kubeconfig}", "--leader-elect=false", "--secure-port=0"]
        file = self.authority.file
        accounts = [f"--service-account-private-key-file={file('accounts.key')}", f"--root-ca-file={file('ca.crt')}"]
        self.place.start("kube-controller-manager", *own, *accounts, "--allocate-node-cidrs=false")
        self.place.start("kube-scheduler", *own)

    def _certify(self) -> None:
        self.authority.key_pair("accounts")
        self.authority.issue("apiserver", addresses=(LOOPBACK, _KUBERNETES, *_NAMES))
        self.authority.issue("admin", group="system:masters")

    def _start_etcd(self, client: int, peer: int) -> Process:
        own, other = f"http://{LOOPBACK}:{client}", f"http://{LOOPBACK}:{peer}"
        return self.place.start(
            "etcd",
            *(f"--data-dir={self.place.folder / 'etcd'}", "--unsafe-no-fsync", f"--initial-cluster=default={other}"),
            *(f"--listen-client-urls={own}", f"--advertise-client-urls={own}"),
            *(f"--listen-peer-urls={other}", f"--initial-advertise-peer-urls={other}"),
        )

    def _api_arguments(self, etcd: int, *, accounts: bool) -> list[str]:
        file = self.authority.file
        return [
            f"--etcd-servers=http://{LOOPBACK}:{etcd}",
            *(f"--bind-address={LOOPBACK}", f"--advertise-address={LOOPBACK}", f"--secure-port={self.port}"),
            *("--endpoint-reconciler-type=none", f"--service-cluster-ip-range={SERVICES}"),
            *(f"--tls-cert-file={file('apiserver.crt')}", f"--tls-private-key-file={file('apiserver.key')}"),
            f"--client-ca-file={file('ca.crt')}",
            *(f"--kubelet-client-certificate={file('admin.crt')}", f"--kubelet-client-key={file('admin.key')}"),
            "--kubelet-preferred-address-types=InternalIP",
            f"--service-account-signing-key-file={file('accounts.key')}",
            f"--service-account-key-file={file('accounts.pub')}",
            "--service-account-issuer=https://kubernetes.default.svc",
            *("--authorization-mode=RBAC", "--anonymous-auth=false", "--enable-priority-and-fairness=false"),
            *([] if accounts else ["--disable-admission-plugins=ServiceAccount"]),
        ]

    def _write_kubeconfig(self) -> None:
        file = self.authority.file
        server = {"server": f"https://{LOOPBACK}:{self.port}", "certificate-authority": file("ca.crt")}
        user = {"client-certificate": file("admin.crt"), "client-key": file("admin.key")}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "test", "cluster": server}],
            "users": [{"name": "admin", "user": user}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
            "current-context": "test",
        }
        self.place.kubeconfig.write_text(json.dumps(config), encoding="utf-8")

    def _ready(self) -> bool:
        return self.place.kubectl("get", "--raw=/readyz", check=False).returncode == 0
