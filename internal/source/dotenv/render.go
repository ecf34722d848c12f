package dotenv

import (
	"bytes"
	"strings"
)

// A dollar sign needs no escape here; with one, tools that expand leave it alone, too.
var escaper = strings.NewReplacer("\n", `\n`, "\t", `\t`, "\r", `\r`, `"`, `\"`, `\`, `\\`, "$", `\$`)

// Render writes a text that Parse reads as these variables, one a line. It takes names that Parse takes, each once, and
// values that are UTF-8 without NUL, and are no more than MaxBytes once written. Line does not matter.
func Render(variables []Variable) []byte {
	var text bytes.Buffer
	for _, v := range variables {
		text.WriteString(v.Name + `="` + escaper.Replace(string(v.Value)) + "\"\n")
	}
	return text.Bytes()
}
