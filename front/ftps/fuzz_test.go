package ftps

import (
	"bufio"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// Whatever a client sends, a line is read or refused, and what it names is a name below the root.
func FuzzCommand(f *testing.F) {
	for _, line := range []string{
		"RETR prices/co.csv\r\n", "CWD ../../..\r\n", "\xff\xf4\xff\xf2ABOR\r\n", "\r\n", "LIST -la /\n", "USER\r\n", " x\r\n", "RETR /\x00\r\n", "EPSV",
		strings.Repeat("A", 2*maxLine) + "\r\n", "RETR ..//../\xfe\r\n",
	} {
		f.Add([]byte(line), "prices")
	}
	f.Fuzz(func(t *testing.T, sent []byte, dir string) {
		in := bufio.NewReaderSize(strings.NewReader(string(sent)), maxLine)
		n := &session{dir: ".", files: fstest.MapFS{}}
		if name, ok := n.resolve(dir); ok {
			n.dir = name
		}
		for {
			c, err := readCommand(in)
			if err != nil {
				return
			}
			if len(c.verb)+len(c.arg) > maxLine || strings.Contains(c.verb, " ") || strings.ContainsAny(c.arg, "\n") {
				t.Fatalf("%q is read as %q", sent, c)
			}
			name, ok := n.resolve(c.arg)
			if ok && (!fs.ValidPath(name) || strings.HasPrefix(name, "..") && (len(name) == 2 || name[2] == '/')) {
				t.Fatalf("%q in %q names %q", c.arg, n.dir, name)
			}
		}
	})
}
