# Completion of lrdlab for fish: the program itself says what may follow.

# Paths that begin so: folders, and files of that ending unless it is ":folders".
function __lrdlab_paths -a word ending
    set -l part (string replace -r '^--[a-z-]+=' '' -- $word)
    set -l kept (string sub -l (math (string length -- $word) - (string length -- $part)) -- $word)
    for path in (__fish_complete_path $part)
        set -l name (string split -m1 \t -- $path)[1]
        if string match -q '*/' -- $name; or string match -q "*$ending" -- $name
            echo $kept$name
        end
    end
end

function __lrdlab_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    for answer in ($words[1] complete -- $words[2..] $word 2>/dev/null)
        switch $answer
            case ':files*' ':folders'
                __lrdlab_paths "$word" (string replace -r '^:files ?' '' -- $answer)
            case '*'
                echo $answer
        end
    end
end

complete -c lrdlab -f -a '(__lrdlab_complete)'
