#!/bin/sh
# Count the words of a big file that it first makes itself: generate, split into words, sort, count.
# MEGABYTES (default 60) may be set in the job's environment. Progress goes out as lines.
set -eu
megabytes=${MEGABYTES:-60}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM

echo "::progress 5 making $megabytes MB of text::"
awk -v bytes=$((megabytes * 1000000)) 'BEGIN {
  srand(7)
  count = split("queue job attempt lease claim settle drain backoff worker runner spool log chunk retry cancel start end", word, " ")
  while (written < bytes) {
    line = ""
    for (i = 0; i < 12; i++) line = line word[1 + int(count * rand() * rand())] int(40 * rand() * rand()) " "
    print line
    written += length(line) + 1
  }
}' > "$folder/text"
ls -l "$folder/text" | awk '{ print "made", $5, "bytes" }'

echo "::progress 45 sorting::"
tr -s ' ' '\n' < "$folder/text" | LC_ALL=C sort -T "$folder" > "$folder/sorted"
echo "::progress 80 counting::"
LC_ALL=C uniq -c "$folder/sorted" | sort -rn > "$folder/counts"

echo "the ten commonest words:"
head -n 10 "$folder/counts"
words=$(wc -l < "$folder/sorted")
different=$(wc -l < "$folder/counts")
commonest=$(awk 'NR == 1 { print $2 }' "$folder/counts")
printf '{"words": %d, "different": %d, "commonest": "%s"}\n' "$words" "$different" "$commonest" \
  > "${JOBDECK_RESULT:-/dev/stdout}"
echo "::progress 100 done::"
