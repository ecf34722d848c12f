package cli_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

func TestEnvLs_AccountWithASet_ListsOwnersAndVersionsNeverValues(t *testing.T) {
	s := newScene(t)
	s.household()

	out := s.runs("env", "ls", "alice")

	if want := regexp.MustCompile(`^NAME +SET +READY +SYNCED +READ FROM\n` +
		`HF_TOKEN +training +True +\S+ +Secret/keys@\d+\nLOG_LEVEL +training +True +\S+ +Secret/keys@\d+\n$`); !want.MatchString(out) {
		t.Errorf("it prints:\n%s", out)
	}
	var listed []struct{ Name, Set string }
	text := s.runs("env", "ls", "alice", "-o", "json")
	s.must(json.Unmarshal([]byte(text), &listed))
	if len(listed) != 2 || listed[0].Name != "HF_TOKEN" || listed[0].Set != "training" {
		t.Errorf("it lists %+v", listed)
	}
	if strings.Contains(out+text, canary) {
		t.Error("it prints a value")
	}
	s.refuses(5, "env", "ls", "nobody")
}
