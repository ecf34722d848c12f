package accountenv

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"sigs.k8s.io/yaml"
)

// Whoever copies the sidecar of docs/account-env.md has a file that follows the variables, and one that ends when the Pod does.
func TestSidecar_OfTheManual_KeepsAFile(t *testing.T) {
	var pod struct {
		Spec struct {
			InitContainers []struct{ Args []string }
		}
	}
	s := newScene(t)
	file := filepath.Join(t.TempDir(), "env.json")
	page, err := os.ReadFile("../../docs/account-env.md")
	s.must(err)
	block := regexp.MustCompile("(?s)```yaml\n(spec:\n.*?)```").FindSubmatch(page)
	s.must(yaml.Unmarshal(block[1], &pod))
	here := strings.NewReplacer("https://accounts-reader.example.com", "http://"+s.address, "/run/account/token", s.tokenFile, "/run/variables/env.json", file)
	args := pod.Spec.InitContainers[0].Args
	for n := range args {
		args[n] = here.Replace(args[n])
	}

	r := s.startBare(args...)
	for _, want := range []string{"canary-1", "canary-2", "canary-3"} {
		s.set("TOKEN", want)
		s.until("the file has not the value of now", func() bool {
			held := map[string]string{}
			text, err := os.ReadFile(file)
			return err == nil && json.Unmarshal(text, &held) == nil && held["TOKEN"] == want
		})
	}
	r.send(syscall.SIGTERM)
	r.ends(128 + int(syscall.SIGTERM))
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the file is left: %v", err)
	}
}
