package realnode_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// site is one installation of the operator, and what its users do with it.
type site struct {
	*testing.T
	namespace  string // of the manager
	deployment string
	class      string // of the objects that are its own
	env        []string
}

const (
	root = "../.."
	// patience is for a command that waits for Pods, on a busy machine.
	patience = 3 * time.Minute
)

func newSite(t *testing.T, namespace, deployment, class string) *site {
	t.Helper()
	tools := t.TempDir()
	for name, path := range map[string]string{"helm": local.Helm(), "kubectl": local.Cluster.Kubectl(), "manager": local.Manager()} {
		if err := os.Symlink(path, filepath.Join(tools, name)); err != nil {
			t.Fatal(err)
		}
	}
	s := &site{T: t, namespace: namespace, deployment: deployment, class: class}
	s.env = append(os.Environ(), "PATH="+tools+string(os.PathListSeparator)+os.Getenv("PATH"), "KUBECONFIG="+local.Cluster.Kubeconfig(),
		"HELM_CACHE_HOME="+tools, "HELM_CONFIG_HOME="+tools, "HELM_DATA_HOME="+tools,
		"NS="+namespace, "DEPLOYMENT="+deployment, "CLASS="+class, "TEAM="+namespace+"-team", "TMP="+t.TempDir())
	return s
}

// in is the same for another test.
func (s *site) in(t *testing.T) *site {
	t.Helper()
	same := *s
	same.T = t
	t.Cleanup(same.printWhatRan)
	return &same
}

// run runs commands in a shell at the root of the repository, and returns what they printed, without the last line's end.
func (s *site) run(commands string) string {
	s.Helper()
	out, err := s.try(commands)
	if err != nil {
		s.Fatalf("%s\n%v", commands, err)
	}
	return out
}

func (s *site) try(commands string) (string, error) {
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	defer cancel()
	var out, said strings.Builder
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", commands)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = root, s.env, &out, &said, 5*time.Second
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%w\n%s%s", err, out.String(), said.String())
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

// printWhatRan says of a test that failed what its Pods did.
func (s *site) printWhatRan() {
	if !s.Failed() {
		return
	}
	cmd := exec.Command("bash", "-c", `kubectl -n "$NS" get pods,pvc,events -o wide
		kubectl -n "$NS" describe pods
		kubectl -n "$NS" logs --tail=40 "deployment/$DEPLOYMENT"; kubectl -n "$NS" logs --previous --tail=40 "deployment/$DEPLOYMENT"
		kubectl get nodes -o wide; kubectl -n "$TEAM" get accounts,envvarsets -o wide`)
	cmd.Env = s.env
	out, _ := cmd.CombinedOutput()
	s.Logf("%s\nthe kubelet: %s\ncontainerd: %s", out, local.Log("kubelet"), local.Log("containerd"))
}

// hasVolume makes a volume on the node, for a claim of the manager's.
func (s *site) hasVolume(claim string) {
	s.Helper()
	folder, err := local.NewFolder()
	if err != nil {
		s.Fatal(err)
	}
	s.run(fmt.Sprintf(`kubectl apply --server-side -f - <<END
apiVersion: v1
kind: PersistentVolume
metadata: {name: $NS}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOncePod]
  persistentVolumeReclaimPolicy: Retain
  claimRef: {namespace: $NS, name: %s}
  local: {path: %s}
  nodeAffinity:
    required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node]}]}]}
END`, claim, folder))
}

// serves writes an account with a variable from a Secret, and waits until both are in the store. When the kinds are new, the API
// server's policies do not know them for a while, and it says so: whoever tries again gets through.
func (s *site) serves(name string) {
	s.Helper()
	s.run(fmt.Sprintf(`cat >"$TMP/%[1]s.yaml" <<END
apiVersion: v1
kind: Namespace
metadata: {name: $TEAM}
---
apiVersion: v1
kind: Secret
metadata: {name: %[1]s, namespace: $TEAM}
stringData: {TOKEN: secret-of-%[1]s}
---
apiVersion: account-operator.io/v1alpha1
kind: Account
metadata: {name: %[1]s, namespace: $TEAM}
spec: {className: "$CLASS", email: %[1]s@$NS.example.com}
---
apiVersion: account-operator.io/v1alpha1
kind: EnvVarSet
metadata: {name: %[1]s, namespace: $TEAM}
spec: {className: "$CLASS", accountRef: {name: %[1]s}, envFrom: [{secretRef: {name: %[1]s}}]}
END
until said=$(kubectl apply --server-side -f "$TMP/%[1]s.yaml" 2>&1); do
	[[ $said == *"can be a delay"* ]] || { echo "$said"; exit 1; }
	sleep 0.5
done
kubectl -n "$TEAM" wait --for=condition=Ready --timeout=2m account/%[1]s envvarset/%[1]s`, name))
}

// still says that an account is the one that it was.
func (s *site) still(name, id string) {
	s.Helper()
	if now := s.id(name); now != id {
		s.Errorf("%s was account %s and is account %s", name, id, now)
	}
	s.run(`kubectl -n "$TEAM" wait --for=condition=Ready --timeout=1m account/` + name)
}

func (s *site) id(name string) string {
	s.Helper()
	return s.run(`kubectl -n "$TEAM" get account ` + name + ` -o jsonpath='{.status.accountID}'`)
}
