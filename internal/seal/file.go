package seal

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/tink-crypto/tink-go/v2/tink"
)

// maxKeysetSize bounds what is read from a file: a keyset of a hundred keys is far smaller.
const maxKeysetSize = 1 << 20

// followPause bounds how often a file is read again for values that no key of it opens, which anybody may have written.
const followPause = time.Second

// File is where a keyset is kept.
type File struct {
	Path string
	Key  tink.AEAD // the key of a KMS that the keyset is wrapped by; nil, it is in clear text
}

// LoadFile is Load for a file in clear text.
func LoadFile(path string) (*Sealer, error) { return File{Path: path}.Load() }

// LoadPublicFile is LoadPublic for a file.
func LoadPublicFile(path string) (*Sealer, error) {
	content, err := File{Path: path}.read()
	if err != nil {
		return nil, err
	}
	sealer, err := LoadPublic(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return sealer, nil
}

// Load is the package's Load for the file.
func (f File) Load() (*Sealer, error) {
	content, err := f.read()
	if err != nil {
		return nil, err
	}
	return f.load(content)
}

// Follow is Load for who opens values for as long as keysets are rotated: the file is read again when a value was sealed by a key that was not in
// it, and the KMS is asked if it changed. A file that cannot be used by then leaves the keys as they are, and so does a KMS that is away.
func (f File) Follow() (*Sealer, error) {
	content, err := f.read()
	if err != nil {
		return nil, err
	}
	s, err := f.load(content)
	if err != nil {
		return nil, err
	}
	s.follow = &follow{file: f, content: content}
	return s, nil
}

func (f File) read() ([]byte, error) {
	info, err := os.Stat(f.Path)
	if err != nil {
		return nil, fmt.Errorf("looking for the keyset: %w", err)
	}
	if info.Size() > maxKeysetSize {
		return nil, fmt.Errorf("%s is no keyset: it is larger than %d bytes", f.Path, maxKeysetSize)
	}
	content, err := os.ReadFile(f.Path)
	if err != nil {
		return nil, fmt.Errorf("reading the keyset: %w", err)
	}
	return content, nil
}

func (f File) load(content []byte) (*Sealer, error) {
	plain, err := Clear(content, f.Key)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Path, err)
	}
	sealer, err := Load(plain)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Path, err)
	}
	return sealer, nil
}

type follow struct {
	file File

	mu      sync.Mutex
	looked  time.Time
	content []byte // what the keys are of
}

// again puts the keys of the file in the Sealer's place, unless it looked a moment ago or nothing can be read. Whoever comes meanwhile waits.
func (f *follow) again(s *Sealer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.looked) < followPause {
		return
	}
	defer func() { f.looked = time.Now() }() // a KMS that does not answer is asked no more often for it
	content, err := f.file.read()
	if err != nil || bytes.Equal(content, f.content) {
		return
	}
	if newer, err := f.file.load(content); err == nil {
		f.content = content
		s.ring.Store(newer.ring.Load())
	}
}
