package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// A tableRow is a line of a CSV file: its cells by column.
type tableRow struct {
	line  int
	cells map[string]string
}

// wrong says in which line a mistake is, and of which name.
func (r tableRow) wrong(err error) error {
	return fmt.Errorf("line %d: %q: %w", r.line, r.cells["name"], err)
}

// readTable reads a CSV file whose first line names its columns, of which the first is needed and others
// than those are refused. A file without a row is refused: it is hardly what was meant.
func readTable(path string, columns ...string) ([]tableRow, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, plain(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.TrimLeadingSpace = true
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the file is empty; its first line names its columns: %s", strings.Join(columns, ", "))
	}
	if err != nil {
		return nil, err
	}
	if err := columnsAreKnown(head, columns); err != nil {
		return nil, err
	}
	var rows []tableRow
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		row := tableRow{cells: map[string]string{}}
		row.line, _ = r.FieldPos(0)
		for i, cell := range cells {
			row.cells[head[i]] = strings.TrimSpace(cell)
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, errors.New("only the columns are there; write a line for each name below them")
	}
	return rows, nil
}

func columnsAreKnown(head, columns []string) error {
	for i, column := range head {
		switch {
		case !slices.Contains(columns, column):
			return fmt.Errorf("line 1: there is a column %q; there can be %s", column, strings.Join(columns, ", "))
		case slices.Contains(head[:i], column):
			return fmt.Errorf("line 1: the column %q is there twice; remove one", column)
		}
	}
	if !slices.Contains(head, columns[0]) {
		return fmt.Errorf("line 1: there is no column %q; the first line names the columns", columns[0])
	}
	return nil
}
