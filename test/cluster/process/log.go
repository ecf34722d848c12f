package process

import (
	"bytes"
	"os"
)

// tailSize is enough for the lines that say why a server gave up, and little
// enough to be read in a test's output.
const tailSize = 3 << 10

// tail returns the end of the log, beginning with a whole line.
func (p *Process) tail() []byte {
	content, err := os.ReadFile(p.log)
	if err != nil {
		return []byte(err.Error())
	}
	if len(content) <= tailSize {
		return content
	}
	content = content[len(content)-tailSize:]
	if _, whole, found := bytes.Cut(content, []byte("\n")); found {
		return whole
	}
	return content
}
