// Command jsonpath says how much of a document a JSONPath selects, by github.com/ohler55/ojg, which nobody here wrote.
// Each line of its input is a JSON object with a path and a document; each line of its output is the number of values
// selected, or what is wrong with the path.
package main

import (
	"bufio"
	"fmt"
	"os"

	"github.com/ohler55/ojg/jp"
	"github.com/ohler55/ojg/oj"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		fmt.Println(count(lines.Bytes()))
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// count says how many values the path of one line selects.
func count(line []byte) string {
	parsed, err := oj.Parse(line)
	if err != nil {
		return err.Error()
	}
	asked, _ := parsed.(map[string]any)
	text, _ := asked["path"].(string)
	path, err := jp.ParseString(text)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(len(path.Get(asked["document"])))
}
