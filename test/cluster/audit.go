package cluster

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/account-operator/account-operator/test/cluster/process"
)

// Audit says what the API server was asked, by whom and how it answered.
//
// It is complete: the API server writes a request down before the end of its
// answer leaves, so what a client has heard the answer of is there to be read.
type Audit struct {
	log    string
	policy string
}

// Mark is a moment. The zero value is the beginning.
type Mark struct {
	size int64 // of the log then
	at   time.Time
}

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
		// Megabytes; never reached, since a log begun again would lose marks.
		"--audit-log-maxsize=1048576",
	}
}

// Mark returns this moment: what is asked later comes after it. What was asked
// before and is answered later does not: a watch may have reported already what it
// did.
func (a *Audit) Mark() Mark {
	info, err := os.Stat(a.log)
	if err != nil {
		return Mark{} // Since will say what is wrong with the file
	}
	// The log has times by the microsecond.
	return Mark{info.Size(), time.Now().Truncate(time.Microsecond)}
}

// Since returns the requests after a mark that pass all filters, in the order of
// their answers.
func (a *Audit) Since(mark Mark, filters ...Filter) ([]Request, error) {
	log, err := os.Open(a.log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	begin, err := lineBegin(log, mark.size)
	if err != nil {
		return nil, err
	}
	if _, err := log.Seek(begin, io.SeekStart); err != nil {
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
		if request := line.request(); !request.At.Before(mark.at) && passes(request, filters) {
			requests = append(requests, request)
		}
	}
}

// longestLine is more than a line of metadata has.
const longestLine = 256 << 10

// lineBegin is where the line begins that has a place of the log: a mark may be made while a line is half written. That line's time says
// whether it counts.
func lineBegin(log io.ReaderAt, at int64) (int64, error) {
	from := max(0, at-longestLine)
	before := make([]byte, at-from)
	if _, err := log.ReadAt(before, from); err != nil {
		return 0, err
	}
	return from + int64(bytes.LastIndexByte(before, '\n')) + 1, nil
}
