package realnode_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"

	authenticationv1 "k8s.io/api/authentication/v1"
)

// ofThePod is what a path leads to in the manager's only Pod.
func (s *site) ofThePod(path string) string {
	s.Helper()
	return s.run(`kubectl -n "$NS" get pods -o jsonpath='{.items[0]` + strings.TrimPrefix(path, "{") + `'`)
}

// process is the manager's.
func (s *site) process() int {
	s.Helper()
	process, err := local.Process(s.ofThePod(`{.status.containerStatuses[0].containerID}`))
	if err != nil {
		s.Fatal(err)
	}
	return process
}

// killed kills the manager as the kernel would.
func (s *site) killed() {
	s.Helper()
	if err := syscall.Kill(s.process(), syscall.SIGKILL); err != nil {
		s.Fatal(err)
	}
	s.run(`kubectl -n "$NS" wait pod --all --for=jsonpath='{.status.containerStatuses[0].restartCount}'=1 --timeout=1m`)
}

// confined is what the kernel says of a process without rights.
var confined = []string{
	`Uid:\s+65532\s+65532\s+65532\s+65532`, `Gid:\s+65532\s+65532\s+65532\s+65532`, `Groups:\s+65532`,
	`CapPrm:\s+0+`, `CapEff:\s+0+`, `CapBnd:\s+0+`, `NoNewPrivs:\s+1`, `Seccomp:\s+2`,
}

// isConfined looks at the process of the manager: what the Pod asks for, it got.
func (s *site) isConfined() {
	s.Helper()
	proc := fmt.Sprintf("/proc/%d/", s.process())
	status := s.read(proc + "status")
	for _, want := range confined {
		if !regexp.MustCompile(`(?m)^` + want + `\s*$`).MatchString(status) {
			s.Errorf("not %s:\n%s", want, status)
		}
	}
	if mounts := s.read(proc + "mounts"); !regexp.MustCompile(`(?m)^overlay / overlay ro,`).MatchString(mounts) {
		s.Errorf("its root can be written to:\n%s", mounts)
	}

	// And who it is at the API server is what the kubelet gave to this very Pod
	review := &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{
		Token: s.read(proc + "root/var/run/secrets/kubernetes.io/serviceaccount/token"),
	}}
	if err := local.API.Create(s.Context(), review); err != nil {
		s.Fatal(err)
	}
	user, pod := review.Status.User, s.ofThePod(`{.metadata.name}`)
	if !strings.HasPrefix(user.Username, "system:serviceaccount:"+s.namespace+":") || fmt.Sprint(user.Extra["authentication.kubernetes.io/pod-name"]) != "["+pod+"]" {
		s.Errorf("the token of %s is that of %v %s", pod, user, review.Status.Error)
	}
}

func (s *site) read(path string) string {
	s.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		s.Fatal(err)
	}
	return string(text)
}

// isMeasured reads the metrics through the Service: whoever has the right gets them, and nobody else.
func (s *site) isMeasured() {
	s.Helper()
	address := s.run(`kubectl -n "$NS" get service "$DEPLOYMENT-metrics" -o jsonpath='{.spec.clusterIP}:{.spec.ports[0].port}'`)
	if code, _ := s.get("https://"+address+"/metrics", ""); code != http.StatusUnauthorized {
		s.Errorf("somebody unknown gets %d", code)
	}
	code, text := s.get("https://"+address+"/metrics", local.Cluster.Config().BearerToken)
	if code != http.StatusOK || !strings.Contains(text, "\naccount_operator_") {
		s.Errorf("the administrator gets %d and\n%s", code, text)
	}
}

func (s *site) get(url, token string) (code int, text string) {
	s.Helper()
	request, err := http.NewRequestWithContext(s.Context(), http.MethodGet, url, nil)
	if err != nil {
		s.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // it signed it itself
	answer, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		s.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// says waits until kubectl logs shows what the manager did, and never a Secret.
func (s *site) says(whose string) {
	s.Helper()
	log := s.run(`until log=$(kubectl -n "$NS" logs ` + whose + `) && [[ $log == *'"msg":"leading"'* ]]; do sleep 0.5; done
		echo "$log"`)
	if strings.Contains(log, "secret-of-") {
		s.Errorf("the log of %s:\n%s", whose, log)
	}
}
