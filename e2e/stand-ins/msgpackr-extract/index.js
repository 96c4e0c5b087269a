throw new Error('There is no accelerator for msgpackr here');
