package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/account-operator/account-operator/test/cluster/process"
)

// Audit tells what the API server was asked, by whom and how it answered.
//
// It is complete: the API server writes a request down before the end of its
// answer leaves, so what a client has heard the answer of is there to be read.
type Audit struct {
	log    string
	policy string
}

// Mark is a moment in the audit log.
type Mark int64

// auditPolicy gives each request one line: when it was answered, or for a watch,
// which is answered for as long as it lasts, when it began.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  verbs: [watch]
  omitStages: [RequestReceived, ResponseComplete]
- level: Metadata
  omitStages: [RequestReceived, ResponseStarted]
`

func newAudit(folder *process.Folder) (*Audit, error) {
	a := &Audit{log: folder.File("audit.log"), policy: folder.File("audit-policy.yaml")}
	log, err := os.OpenFile(a.log, os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	return a, errors.Join(log.Close(), os.WriteFile(a.policy, []byte(auditPolicy), 0o600))
}

func (a *Audit) flags() []string {
	return []string{
		"--audit-policy-file=" + a.policy,
		"--audit-log-path=" + a.log,
		"--audit-log-mode=blocking",
		// Megabytes; never reached, since a log begun anew would lose marks.
		"--audit-log-maxsize=1048576",
	}
}

// Mark returns this moment: what is answered later comes after it.
func (a *Audit) Mark() Mark {
	info, err := os.Stat(a.log)
	if err != nil {
		return 0 // Since will say what is wrong with the file
	}
	return Mark(info.Size())
}

// Since returns the requests after a mark that pass all filters, in the order of
// their answers. Mark 0 is the beginning.
func (a *Audit) Since(mark Mark, filters ...Filter) ([]Request, error) {
	log, err := os.Open(a.log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	if _, err := log.Seek(int64(mark), io.SeekStart); err != nil {
		return nil, err
	}
	var requests []Request
	for lines := json.NewDecoder(log); ; {
		var line event
		err := lines.Decode(&line)
		// A line that is just being written belongs to a request that nobody
		// has heard the answer of.
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return requests, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the audit log: %w", err)
		}
		if request := line.request(); passes(request, filters) {
			requests = append(requests, request)
		}
	}
}
